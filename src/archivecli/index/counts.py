"""The events matching a query, for counting and charting."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from archivecli.dates import LENGTHS, Precision, add_months, periods_between
from archivecli.errors import UsageError
from archivecli.events import Event
from archivecli.index.conditions import ALL, Condition
from archivecli.index.reader import Index
from archivecli.query.criteria import PERIODS, Node, Query
from archivecli.query.results import Count, Keys, Total
from archivecli.schema import DAYS, NumericField

MAX_CELLS = 500_000
"""A larger table is refused: it would fill the memory, and nobody reads it."""


def count_by(index: Index, by: str, condition: Condition) -> list[Count]:
    """Return how many events have each value of a facet, or are in each year, quarter or month, and how many have none.

    The most frequent values of a facet come first; periods are in order of time. An event with multiple values counts in
    each.
    """
    where, values = condition
    if by in PERIODS:
        first, last = _period_columns(by)
        sql = f"SELECT {first}, {last}, count(*) FROM events e WHERE {where} GROUP BY 1, 2"
        counts: Counter[str] = Counter()
        for first, last, number in index.connection.execute(sql, values):
            for label in periods_between(by, first, last):
                counts[label] += number
        return [Count(label, label, counts[label]) for label in sorted(counts)]
    sql = (
        "SELECT coalesce(n.name, ''), coalesce(n.short, ''), count(*) AS c FROM events e"
        f" LEFT JOIN facets f ON f.event = e.n AND f.facet = {index.schema.facet_numbers[by]} LEFT JOIN names n ON n.n = f.name"
        f" WHERE {where} GROUP BY f.name ORDER BY n.name IS NULL, c DESC, n.name"
    )
    return [Count(*row) for row in index.connection.execute(sql, values)]


def _period_columns(by: str) -> tuple[str, str]:
    precision: Precision = "year" if by == "year" else "month"
    return f"substr(e.first, 1, {LENGTHS[precision]})", f"substr(e.last, 1, {LENGTHS[precision]})"


class Selection:
    """The events that match ``condition``; ``where`` are its criteria if they have no words, ``number`` the count if known."""

    def __init__(
        self, index: Index, condition: Condition, where: Node | None = None, number: int | None = None
    ) -> None:
        self.index = index
        self.condition = condition
        self.where = where
        self.number = number

    def count(self) -> int:
        """Return the number of events."""
        if self.number is not None:
            return self.number
        return self.index.count_where(self.condition) if self.where is None else self.index.count(self.where)

    def events(self, oldest_first: bool = True) -> Iterator[Event]:
        """Yield the events by date."""
        return self.index.select(Query(sort="date", reverse=oldest_first), self.condition)

    def count_by(self, by: str) -> list[Count]:
        """Return how many events have each value of a facet, or are in each year, quarter or month."""
        return self.index.stored_counts(by) if self.condition == ALL else count_by(self.index, by, self.condition)

    def imprecise(self) -> tuple[int, int]:
        """Return how many events are dated only to the month, and how many only to the year."""
        sql = "SELECT length(start), count(*) FROM events e WHERE {} AND length(start) < 10 GROUP BY 1"
        found = dict(self._rows(sql))
        return found.get(LENGTHS["month"], 0), found.get(LENGTHS["year"], 0)

    def busy(self) -> list[tuple[str, str]]:
        """Return each run of months that have events, as its first and last month, in order."""
        sql = f"SELECT DISTINCT {', '.join(_period_columns('month'))} FROM events e WHERE {{}} ORDER BY 1, 2"
        runs: list[tuple[str, str]] = []
        for first, last in self._rows(sql):
            if runs and first <= add_months(runs[-1][1], 1):
                first, previous = runs.pop()
                last = max(previous, last)
            runs.append((first, last))
        return runs

    def days_of_year(self) -> list[str]:
        """Return the days of the year (``06-26``) on which events dated to the day begin, in order."""
        sql = "SELECT DISTINCT substr(start, 6) AS day FROM events e WHERE {} AND length(start) = 10 ORDER BY day"
        return [day for (day,) in self._rows(sql)]

    def cross(self, axes: Sequence[str]) -> dict[Keys, int]:
        """Return how many events have each combination of values on the axes (facets or periods).

        An event with multiple values counts in each combination. Raise UsageError for more than MAX_CELLS of them.
        """
        cells: Counter[Keys] = Counter()
        for keys, (number,) in self._crossed(axes, "count(*)"):
            cells[keys] += number
        return cells

    def add_up(self, measure: NumericField, axes: Sequence[str] = ()) -> dict[Keys, list[Total]]:
        """Return the totals of a number, one for each unit, for each combination of values on the axes."""
        columns = "m.unit, sum(m.value), count(*), sum(m.range), count(DISTINCT e.n)"
        found: dict[Keys, dict[str, Total]] = {}
        for keys, (unit, *numbers) in self._crossed(axes, columns, _measured(measure), "m.unit"):
            units = found.setdefault(keys, {})
            before = units.get(unit, Total(unit, 0, 0, 0, 0))
            units[unit] = Total(unit, *(one + other for one, other in zip(before[1:], numbers, strict=True)))
        rounded = {  # as the sum of fractions depends on their order
            keys: [t._replace(total=round(t.total, 6)) for t in units.values()] for keys, units in found.items()
        }
        return {keys: sorted(totals, key=lambda t: (-t.events, t.unit)) for keys, totals in rounded.items()}

    def numbered(self, measure: NumericField) -> int:
        """Return how many of the events have the number."""
        return int(next(self._rows(f"SELECT count(DISTINCT e.n) FROM events e {_measured(measure)} WHERE {{}}"))[0])

    def _crossed(
        self, axes: Sequence[str], columns: str, join: str = "", group: str = ""
    ) -> Iterator[tuple[Keys, Sequence[Any]]]:
        """Yield combinations of values with ``columns`` of their events; a combination can come more than once."""
        keys_of: list[str] = []
        joins = [join]
        numbers = self.index.schema.facet_numbers
        for position, axis in enumerate(axes):
            if axis in PERIODS:
                keys_of += _period_columns(axis)
            else:
                f, n = f"f{position}", f"n{position}"
                joins.append(f"LEFT JOIN facets {f} ON {f}.event = e.n AND {f}.facet = {numbers[axis]}")
                joins.append(f"LEFT JOIN names {n} ON {n}.n = {f}.name")
                keys_of.append(f"coalesce({n}.name, '')")
        grouping = ", ".join([*(str(number) for number, _ in enumerate(keys_of, 1)), *([group] if group else [])])
        sql = f"SELECT {', '.join([*keys_of, columns])} FROM events e {' '.join(joins)} WHERE {{}}"
        cells = 0
        for row in self._rows(f"{sql} GROUP BY {grouping}" if grouping else sql):
            for keys in _combinations(axes, row):
                cells += 1
                if cells > MAX_CELLS:
                    raise UsageError(f"the table has more than {MAX_CELLS:,} cells", "narrow it with a filter")
                yield keys, row[len(keys_of) :]

    def _rows(self, sql: str) -> Iterator[Any]:
        """Yield the rows of a query with ``{}`` for the condition."""
        where, values = self.condition
        return iter(self.index.connection.execute(sql.format(where), values))


def _combinations(axes: Sequence[str], row: Sequence[Any]) -> Iterator[Keys]:
    """Yield the keys of a row; a period axis takes two columns, its first and last label."""
    columns = iter(row)
    return product(
        *(periods_between(axis, next(columns), next(columns)) if axis in PERIODS else (next(columns),) for axis in axes)
    )


def _measured(measure: NumericField) -> str:
    """Return the join that adds each number of each event as ``m`` with the columns n, unit, value, range."""
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
