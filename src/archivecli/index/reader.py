"""Questions to an open index, save the ranking of words: choosing, ordering, counting, looking up."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from archivecli import text
from archivecli.dates import EVER, Period
from archivecli.errors import UsageError, nearest
from archivecli.events import Event, Term
from archivecli.query.criteria import And, During, Is, Node, Not, Or, Query, Recurs
from archivecli.query.facets import BY_NAME, FACETS, NONE, PERIODS, Facet

FACET_NUMBERS = {facet.name: number for number, facet in enumerate(FACETS)}

COLUMNS = 'e.id, e.title, e.start, e."end", e.kind, e.place, e.record'

ORDERS = {
    "date": "e.first {0}, e.last {0}, e.id {0}",
    "title": "e.title COLLATE NOCASE {0}, e.first DESC, e.id",
    "id": "e.id {0}",
    "kind": "e.kind COLLATE NOCASE {0}, e.first DESC, e.id",
    "place": "e.place COLLATE NOCASE {0}, e.first DESC, e.id",
}

Clause = tuple[str, list[Any]]

MAX_PARTS = 5000
"""How many alternatives one question may have: the parameters of SQLite are counted."""

LONGEST_NAME = 1000
"""Longer names are not looked for in parts: SQLite compares no pattern of any length."""


class Tally(NamedTuple):
    """How many events have a value; ``name`` is the value in full, empty for events without one."""

    name: str
    short: str
    number: int


def shared_length(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def date_length(event_id: str) -> int:
    """Return how many characters the date takes at the beginning of an id: 4, 7 or 10."""
    length = 4
    while length < 10 and event_id[length : length + 1] == "-" and event_id[length + 1 : length + 3].isdigit():
        length += 3
    return length


def event_of(row: Sequence[str]) -> Event:
    """Return the event of a row of COLUMNS."""
    event_id, title, start, end, kind, place, record = row
    return Event(event_id, title, start, end, kind, place, record)


class Index:
    """An open index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._meta: dict[str, Any] | None = None

    @property
    def meta(self) -> dict[str, Any]:
        """What the index says of itself: events, first, last, about."""
        if self._meta is None:
            self._meta = {key: json.loads(value) for key, value in self.connection.execute("SELECT * FROM meta")}
        return self._meta

    @property
    def size(self) -> int:
        """The number of events."""
        size: int = self.meta["events"]
        return size

    @property
    def covered(self) -> Period | None:
        """From the first to the last day of all events."""
        return Period(self.meta["first"], self.meta["last"]) if self.size else None

    @property
    def ends(self) -> tuple[str, str]:
        """The first date and the last of all events, as precise as they are told."""
        covered = self.covered
        if covered is None:
            return "", ""
        first = "SELECT start FROM events WHERE first = ? ORDER BY length(start) DESC LIMIT 1"
        last = """SELECT coalesce(nullif("end", ''), start) AS d FROM events WHERE last = ? ORDER BY length(d) DESC LIMIT 1"""
        (start,) = self.connection.execute(first, [covered.first]).fetchone()
        (end,) = self.connection.execute(last, [covered.last]).fetchone()
        return start, end

    # Choosing

    def clause(self, node: Node) -> Clause:
        """Return a condition of SQL on the table ``events e`` for criteria without words, and its parameters."""
        match node:
            case And(parts):
                return self._joined(" AND ", parts, "1")
            case Or(parts):
                return self._joined(" OR ", parts, "0")
            case Not(part):
                clause, values = self.clause(part)
                return f"NOT ({clause})", values
            case During(period, other=other):
                return _among_moments(_during(period)) if other else self._within_reach(period)
            case Recurs(month, day, other=other):
                return _among_moments(_recurs(month, day)) if other else _recurs(month, day)
            case Is(facet, typed):
                return self._is(facet, typed)
            case _:
                raise ValueError("words are a matter of the search")

    def _within_reach(self, period: Period) -> Clause:
        """Return the condition of sharing a day; no event that began longer before than the longest lasts is looked at."""
        clause, values = _during(period)
        longest = self.meta.get("longest", 0)
        day = date.fromisoformat(period.first).toordinal() - longest
        if clause == "1" or day < 1:
            return clause, values
        return f"{clause} AND e.first >= ?", [*values, date.fromordinal(day).isoformat()]

    def _joined(self, operator: str, parts: Iterable[Node], empty: str) -> Clause:
        clauses: list[str] = []
        values: list[Any] = []
        for part in parts:
            clause, more = self.clause(part)
            clauses.append(f"({clause})")
            values += more
        if len(clauses) > MAX_PARTS:
            raise UsageError(f"{len(clauses):,} alternatives are too many", f"at most {MAX_PARTS:,} are looked for")
        while len(clauses) > 100:  # a tree of many short branches: SQLite refuses one of a thousand levels
            clauses = [f"({operator.join(clauses[at : at + 100])})" for at in range(0, len(clauses), 100)]
        return operator.join(clauses) or empty, values

    def _is(self, facet: str, typed: Sequence[str]) -> Clause:
        number = FACET_NUMBERS[facet]
        names = [name for value in typed if value != NONE for name in self.resolve(BY_NAME[facet], value)]
        having = f"SELECT event FROM facets WHERE facet = {number}"
        clause = f"e.n IN ({having} AND name IN ({','.join('?' * len(names))}))"
        return (f"{clause} OR e.n NOT IN ({having})" if NONE in typed else clause), [*names]

    def resolve(self, facet: Facet, typed: str) -> list[int]:
        """Return the numbers of the names that ``typed`` stands for.

        A name or another name in full counts first; else every name that holds all the words. Raise UsageError with the
        near misses where there is none.
        """
        typed = typed.encode(errors="replace").decode()  # bytes that are no text
        wanted = text.key(typed)
        found = self._numbers("SELECT name FROM aliases WHERE section = ? AND alias = ?", facet.section, wanted)
        if not found and wanted:
            used = "name IN (SELECT name FROM facets WHERE facet = ?)"
            words = wanted.split()
            if len(wanted) > LONGEST_NAME:
                raise self._unknown(facet, typed)
            likes = " AND ".join("' ' || alias LIKE ?" for _ in words)
            sql = f"SELECT DISTINCT name FROM aliases WHERE section = ? AND {used} AND {likes}"
            found = self._numbers(sql, facet.section, FACET_NUMBERS[facet.name], *(f"% {word}%" for word in words))
        elif not found:  # a name of signs alone, such as ★
            found = self._numbers("SELECT n FROM names WHERE section = ? AND name = ?", facet.section, typed)
        if found:
            return found
        raise self._unknown(facet, typed)

    def _numbers(self, sql: str, *values: Any) -> list[int]:
        return [number for (number,) in self.connection.execute(sql, values)]

    def _unknown(self, facet: Facet, typed: str) -> UsageError:
        """Return the error for a value that nothing in the archive has, with those that come near."""
        number = FACET_NUMBERS[facet.name]
        sql = "SELECT a.alias, n.name FROM aliases a JOIN names n ON n.n = a.name WHERE a.section = ?"
        sql += " AND a.name IN (SELECT name FROM facets WHERE facet = ?)"
        names: dict[str, str] = dict(self.connection.execute(sql, (facet.section, number)).fetchall())
        near = list(dict.fromkeys(names[alias] for alias in nearest(text.key(typed), list(names))))[:3]
        hint = f"did you mean {', '.join(near)}?" if near else f"'archive count --by {facet.name}' lists them all"
        return UsageError(f"no event has the {facet.name} '{typed[:60]}'", hint)

    # Reading

    def select(self, query: Query, clause: Clause | None = None) -> Iterator[Event]:
        """Yield the events that fit, newest first unless the query says otherwise."""
        where, values = clause or self.clause(query.where)
        for row in self.connection.execute(self._select_sql(query, where), values):
            yield event_of(row)

    def _select_sql(self, query: Query, where: str) -> str:
        order = query.sort if query.sort in ORDERS else "date"
        descending = (order == "date") != query.reverse
        ordering = ORDERS[order].format("DESC" if descending else "ASC")
        limit = f" LIMIT {min(query.limit, 2**62)}" if query.limit is not None else ""
        return f"SELECT {COLUMNS} FROM events e WHERE {where} ORDER BY {ordering}{limit}"

    def count(self, where: Node) -> int:
        """Return how many events fit."""
        clause, values = self.clause(where)
        return self.count_where((clause, values))

    def count_where(self, clause: Clause) -> int:
        """Return how many events fit a condition."""
        where, values = clause
        if where == "1":
            return self.size
        (number,) = self.connection.execute(f"SELECT count(*) FROM events e WHERE {where}", values).fetchone()
        return int(number)

    def by_ids(self, prefix: str, limit: int) -> list[str]:
        """Return the ids that begin with ``prefix``, in order, at most ``limit``."""
        sql = "SELECT id FROM events WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        return [found for (found,) in self.connection.execute(sql, (prefix, prefix + "\U0010ffff", limit))]

    def shortest(self, event_id: str) -> str:
        """Return the shortest beginning of an id that no other id shares, its date at least, no hyphen at the end."""
        longest = 0
        for sign, order in (("<", "DESC"), (">", "ASC")):
            sql = f"SELECT id FROM events WHERE id {sign} ? ORDER BY id {order} LIMIT 1"
            for (other,) in self.connection.execute(sql, (event_id,)):
                longest = max(longest, shared_length(event_id, other))
        length = max(longest + 1, date_length(event_id))
        return event_id[: length + 1 if event_id[length - 1 : length] == "-" else length]

    def get(self, event_id: str) -> Event | None:
        """Return the event with this id."""
        row = self.connection.execute(f"SELECT {COLUMNS} FROM events e WHERE e.id = ?", (event_id,)).fetchone()
        return event_of(row) if row else None

    def beside(self, event: Event) -> tuple[Event | None, Event | None]:
        """Return the events before and after this one by date."""
        first, last = event.period
        found: list[Event | None] = []
        for sign, order in (("<", "DESC"), (">", "ASC")):
            ordering = ORDERS["date"].format(order)
            sql = f"SELECT {COLUMNS} FROM events e WHERE (e.first, e.last, e.id) {sign} (?, ?, ?) ORDER BY {ordering} LIMIT 1"
            row = self.connection.execute(sql, (first, last, event.id)).fetchone()
            found.append(event_of(row) if row else None)
        return found[0], found[1]

    # Counting

    def tally(self, by: str, clause: Clause) -> list[Tally]:
        """Return how many events of a selection have each value of a facet or period, with those that have none.

        Facets come most frequent first, periods in order of time; an event with several values counts in each.
        """
        if clause[0] == "1":
            sql = "SELECT name, short, number FROM tallies WHERE field = ? ORDER BY place"
            return [Tally(*row) for row in self.connection.execute(sql, (by,))]
        return self.counted(by, clause)

    def counted(self, by: str, clause: Clause) -> list[Tally]:
        """Return what ``tally`` returns by counting the events, where the index does not keep the numbers."""
        if by in PERIODS:
            return self._tally_periods(by, clause)
        where, values = clause
        number = FACET_NUMBERS[by]
        inner = f"SELECT e.n FROM events e WHERE {where}"
        sql = (
            f"SELECT n.name, n.short, count(*) AS c FROM facets f JOIN names n ON n.n = f.name WHERE f.facet = {number}"
            f" AND f.event IN ({inner}) GROUP BY f.name ORDER BY c DESC, n.name"
        )
        tallies = [Tally(*row) for row in self.connection.execute(sql, values)]
        without = f"({where}) AND e.n NOT IN (SELECT event FROM facets WHERE facet = {number})"
        none = self.count_where((without, values))
        return [*tallies, Tally("", "", none)] if none else tallies

    def _tally_periods(self, by: str, clause: Clause) -> list[Tally]:
        where, values = clause
        length = 4 if by == "year" else 7
        sql = f"SELECT substr(first, 1, {length}), substr(last, 1, {length}), count(*) FROM events e WHERE {where} GROUP BY 1, 2"
        counts: dict[str, int] = {}
        for first, last, number in self.connection.execute(sql, values):
            for label in dict.fromkeys(periods_between(by, first, last)):
                counts[label] = counts.get(label, 0) + number
        return [Tally(label, label, counts[label]) for label in sorted(counts)]

    # Names

    def term(self, section: str, name: str) -> Term:
        """Return what the vocabulary says of a name; a bare term where it says nothing."""
        sql = "SELECT term FROM names WHERE section = ? AND name = ?"
        row = self.connection.execute(sql, (section, name)).fetchone()
        return Term(*map(_frozen, json.loads(row[0]))) if row and row[0] else Term(name)

    def spelled(self, section: str, name: str, short: str) -> str:
        """Return a name as one word of letters, figures and hyphens that stands for nothing else; "" where there is none."""
        sql = "SELECT n.name FROM aliases a JOIN names n ON n.n = a.name WHERE a.section = ? AND a.alias = ?"
        for written in (short, name):
            alias = text.key(written)
            if alias and self.connection.execute(sql, (section, alias)).fetchall() == [(name,)]:
                return alias.replace(" ", "-")
        return ""

    def shorts(self) -> dict[str, str]:
        """Return the short form of every name that has one."""
        return dict(self.connection.execute("SELECT name, short FROM names WHERE short <> ''").fetchall())

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def periods_between(by: str, first: str, last: str) -> Iterator[str]:
    """Yield the years, quarters (``2009-Q4``) or months from that of ``first`` to that of ``last``."""
    year, month = int(first[:4]), int(first[5:7] or 1)
    last_year, last_month = int(last[:4]), int(last[5:7] or 1)
    while (year, month) <= (last_year, last_month):
        if by == "year":
            yield f"{year:04d}"
            year += 1
            continue
        yield f"{year:04d}-{month:02d}" if by == "month" else f"{year:04d}-Q{(month + 2) // 3}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _among_moments(clause: Clause) -> Clause:
    """Return a condition on the dates of events as one on the other dates that they speak of."""
    condition, values = clause
    return f"e.n IN (SELECT event FROM moments e WHERE {condition})", values


def _during(period: Period) -> Clause:
    if period == EVER:
        return "1", []
    return "e.first <= ? AND e.last >= ?", [period.last, period.first]


def _recurs(month: int, day: int) -> Clause:
    """The event covers the month (or the day of the month) in some year: compared as numbers MMDD, years apart 1200."""
    wanted = month * 100 + day
    part = "CAST(substr({0}, 6, 2) AS INTEGER) * 100" + (" + CAST(substr({0}, 9, 2) AS INTEGER)" if day else "")
    years = "1200 * (CAST(substr(e.last, 1, 4) AS INTEGER) - CAST(substr(e.first, 1, 4) AS INTEGER))"
    begin, end = part.format("e.first"), f"({part.format('e.last')} + {years})"
    return f"({begin} <= ? AND ? <= {end}) OR ? <= {end}", [wanted, wanted, wanted + 1200]
