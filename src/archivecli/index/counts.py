"""The events matching a query, for counting and charting."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archivecli.dates import LENGTHS, Precision, add_months, periods_between
from archivecli.errors import UsageError
from archivecli.events import Event
from archivecli.index.conditions import ALL, Condition
from archivecli.index.reader import Index
from archivecli.query.criteria import PERIODS, Node, Query
from archivecli.query.results import Count as Tally
from archivecli.query.results import Keys
from archivecli.query.results import Total as Added
from archivecli.schema import DAYS, NumericField

MOST_CELLS = 500_000
"""A table of more cells than these is refused: nobody reads it, and it would fill the memory."""


def tally(index: Index, by: str, condition: Condition) -> list[Tally]:
    """Return how many events have each value of a facet, or are in each year, quarter or month, and how many have none.

    Values of facets come most frequent first, periods in order of time; an event with several values counts in each.
    """
    return index.tallies(by) if condition == ALL else counted(index, by, condition)


def counted(index: Index, by: str, condition: Condition) -> list[Tally]:
    """Return what ``tally`` returns, by counting the events also where the index keeps the numbers."""
    where, values = condition
    if by in PERIODS:
        first, last = _period_columns(by)
        sql = f"SELECT {first}, {last}, count(*) FROM events e WHERE {where} GROUP BY 1, 2"
        counts: dict[str, int] = {}
        for first, last, number in index.connection.execute(sql, values):
            for label in periods_between(by, first, last):
                counts[label] = counts.get(label, 0) + number
        return [Tally(label, label, counts[label]) for label in sorted(counts)]
    sql = (
        "SELECT coalesce(n.name, ''), coalesce(n.short, ''), count(*) AS c FROM events e"
        f" LEFT JOIN facets f ON f.event = e.n AND f.facet = {index.schema.facet_numbers[by]} LEFT JOIN names n ON n.n = f.name"
        f" WHERE {where} GROUP BY f.name ORDER BY n.name IS NULL, c DESC, n.name"
    )
    return [Tally(*row) for row in index.connection.execute(sql, values)]


def _period_columns(by: str) -> tuple[str, str]:
    precision: Precision = "year" if by == "year" else "month"
    return f"substr(e.first, 1, {LENGTHS[precision]})", f"substr(e.last, 1, {LENGTHS[precision]})"


class Selection:
    """The events that fit a condition; ``where`` are its criteria without words, ``number`` how many there are, if known."""

    def __init__(
        self, index: Index, condition: Condition, where: Node | None = None, number: int | None = None
    ) -> None:
        self.index = index
        self.condition = condition
        self.where = where
        self.number = number

    def count(self) -> int:
        """Return how many events there are."""
        if self.number is not None:
            return self.number
        return self.index.count_where(self.condition) if self.where is None else self.index.count(self.where)

    def events(self, oldest_first: bool = True) -> Iterator[Event]:
        """Yield the events by date."""
        return self.index.select(Query(sort="date", reverse=oldest_first), self.condition)

    def tally(self, by: str) -> list[Tally]:
        """Return how many events have each value of a facet, or are in each year, quarter or month."""
        return tally(self.index, by, self.condition)

    def imprecise(self) -> tuple[int, int]:
        """Return how many events are dated by month only, and how many by year only."""
        where, values = self.condition
        day = LENGTHS["day"]
        sql = f"SELECT length(start), count(*) FROM events e WHERE {where} AND length(start) < {day} GROUP BY 1"
        found = dict(self._rows(sql, values))
        return found.get(LENGTHS["month"], 0), found.get(LENGTHS["year"], 0)

    def busy(self) -> list[tuple[str, str]]:
        """Return the stretches of months in which something goes on: first and last month of each, in order."""
        where, values = self.condition
        sql = f"SELECT DISTINCT {', '.join(_period_columns('month'))} FROM events e WHERE {where} ORDER BY 1, 2"
        stretches: list[tuple[str, str]] = []
        for first, last in self._rows(sql, values):
            if stretches and first <= add_months(stretches[-1][1], 1):
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
            else:
                stretches.append((first, last))
        return stretches

    def days_of_year(self) -> list[str]:
        """Return the days of the year on which events begin that are dated to the day: ``06-26``, in order."""
        where, values = self.condition
        exact = f"length(start) = {LENGTHS['day']}"
        sql = f"SELECT DISTINCT substr(start, 6) AS day FROM events e WHERE {where} AND {exact} ORDER BY day"
        return [day for (day,) in self._rows(sql, values)]

    def cross(self, axes: Sequence[str]) -> dict[Keys, int]:
        """Return how many events have each combination of values on the axes (facets or periods).

        An event with several values counts in each combination. Raise UsageError for more than MOST_CELLS of them.
        """
        cells: dict[Keys, int] = {}
        for keys, (number,) in self._crossed(axes, "count(*)"):
            cells[keys] = cells.get(keys, 0) + number
        return cells

    def add_up(self, measure: NumericField, axes: Sequence[str] = ()) -> dict[Keys, list[Added]]:
        """Return, for each combination of values on the axes, the sums of a number, one for each unit."""
        wanted = "m.unit, sum(m.value), count(*), sum(m.range), count(DISTINCT e.n)"
        found: dict[Keys, dict[str, Added]] = {}
        for keys, (unit, *numbers) in self._crossed(axes, wanted, _measured(measure), "m.unit"):
            units = found.setdefault(keys, {})
            before = units.get(unit, Added(unit, 0, 0, 0, 0))
            summed = [one + other for one, other in zip(before[1:], numbers, strict=True)]
            units[unit] = Added(unit, *summed)
        return {keys: _in_order(units.values()) for keys, units in found.items()}

    def numbered(self, measure: NumericField) -> int:
        """Return how many of the events have the number at all."""
        where, values = self.condition
        sql = f"SELECT count(DISTINCT e.n) FROM events e {_measured(measure)} WHERE {where}"
        return int(next(self._rows(sql, values))[0])

    def main_values(self, period: str, facet: str, names: Sequence[str]) -> dict[str, dict[int, int]]:
        """Return, for each year, quarter or month, how many events there are of each of ``names`` (by its place there).

        An event counts once in each period: for the first of ``names`` that it has; -1 stands for none of them.
        """
        sql = "SELECT n FROM names WHERE section = ? AND name = ?"
        numbers = [next(self._rows(sql, [self.index.schema.facets[facet].section, name]))[0] for name in names]
        whens = " ".join(f"WHEN {number} THEN {place}" for place, number in enumerate(numbers))
        of_event = f"FROM facets f WHERE f.event = e.n AND f.facet = {self.index.schema.facet_numbers[facet]}"
        rank = f"coalesce((SELECT min(CASE f.name {whens} END) {of_event}), -1)" if names else "-1"
        found: dict[str, dict[int, int]] = {}
        for (label,), (place, number) in self._crossed((period,), f"{rank} AS rank, count(*)", group="rank"):
            ranks = found.setdefault(label, {})
            ranks[place] = ranks.get(place, 0) + number
        return found

    def _crossed(
        self, axes: Sequence[str], wanted: str, join: str = "", group: str = ""
    ) -> Iterator[tuple[Keys, Sequence[Any]]]:
        """Yield combinations of values with what is wanted of their events; the same combination may come again."""
        columns: list[str] = []
        joins = [join]
        numbers = self.index.schema.facet_numbers
        for place, axis in enumerate(axes):
            if axis in PERIODS:
                columns += _period_columns(axis)
            else:
                joins.append(
                    f"LEFT JOIN facets f{place} ON f{place}.event = e.n AND f{place}.facet = {numbers[axis]}"
                    f" LEFT JOIN names n{place} ON n{place}.n = f{place}.name"
                )
                columns.append(f"coalesce(n{place}.name, '')")
        where, values = self.condition
        grouping = ", ".join([*(str(place + 1) for place in range(len(columns))), *([group] if group else [])])
        sql = f"SELECT {', '.join([*columns, wanted])} FROM events e {' '.join(joins)} WHERE {where}"
        cells = 0
        for row in self._rows(f"{sql} GROUP BY {grouping}" if grouping else sql, values):
            for keys in _combinations(axes, row):
                cells += 1
                if cells > MOST_CELLS:
                    raise UsageError(f"the table has more than {MOST_CELLS:,} cells", "narrow it with a filter")
                yield keys, row[len(columns) :]

    def _rows(self, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        return iter(self.index.connection.execute(sql, list(values)))


def _in_order(sums: Iterable[Added]) -> list[Added]:
    """Return sums, those of most events first; what fractions add up to must not depend on which of them came first."""
    return sorted((a._replace(total=round(a.total, 6)) for a in sums), key=lambda a: (-a.events, a.unit))


def _combinations(axes: Sequence[str], row: Sequence[Any]) -> Iterator[Keys]:
    """Yield the keys that a row of SQL stands for: a period axis is two columns, and may run over several labels."""
    if not axes:
        yield ()
        return
    axis, rest = axes[0], axes[1:]
    labels = periods_between(axis, row[0], row[1]) if axis in PERIODS else iter((row[0],))
    for label in labels:
        for keys in _combinations(rest, row[2 if axis in PERIODS else 1 :]):
            yield label, *keys


def _measured(measure: NumericField) -> str:
    """Return a join of SQL that gives each number of each event as ``m``: n, unit, value, range."""
    source, unit, span = "events v", "''", "0"
    if measure is DAYS:
        value, unit = "CAST(julianday(last) - julianday(first) + 1 AS INTEGER)", "'days'"
        where = """length(start) = 10 AND length("end") NOT IN (4, 7)"""
    elif not measure.list_path:
        value = f"json_extract(record, '$.{measure.name}')"
        where = f"{value} IS NOT NULL"
    else:
        source = f"events v, json_each(v.record, '$.{measure.list_path}') j"
        value = f"json_extract(j.value, '$.{measure.leaf}')"
        where = f"{value} IS NOT NULL"
        if measure.units:
            unit = "coalesce(json_extract(j.value, '$.unit'), '')"
        if measure.ranges:
            span = "json_extract(j.value, '$.to') IS NOT NULL"
    return f"JOIN (SELECT v.n, {unit} AS unit, {value} AS value, {span} AS range FROM {source} WHERE {where}) m ON m.n = e.n"
