"""Questions to an open index, save the ranking of words: choosing, ordering, counting, looking up."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from archivecli import text
from archivecli.dates import EVER, Period, add_days, periods_between
from archivecli.errors import UsageError, nearest
from archivecli.events import Event, Term
from archivecli.query.criteria import Among, And, Annually, During, HasValue, Node, Not, Or, Query
from archivecli.query.facets import BY_NAME, FACETS, NONE, PERIODS, Facet

FACET_NUMBERS = {facet.name: number for number, facet in enumerate(FACETS)}

COLUMNS = 'e.id, e.title, e.start, e."end", e.kind, e.place, e.record'

ORDERS = {
    "date": "e.first {0}, e.last {0}, e.id {0}",
    "title": "e.title_key {0}, e.first DESC, e.id",
    "id": "e.id {0}",
    "kind": "e.kind_key {0}, e.first DESC, e.id",
    "place": "e.place_key {0}, e.first DESC, e.id",
}

Clause = tuple[str, list[Any]]

MAX_PARTS = 5000
"""How many alternatives one question may have: the parameters of SQLite are counted."""

STEPS = 10_000
"""So many events are looked at in order, one after the other, before all that fit are gathered and sorted."""

MOST_YEARS = 200
"""An archive of more years than these is not asked year by year."""

AT_ONCE = 500
"""So many events are read at once; a long list is never held whole."""

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
    """Return how many characters the date takes at the beginning of an id: 4, 7 or 10, or 0 where there is none."""
    if not event_id[:4].isdigit() or len(event_id) < 4:
        return 0
    length = 4
    while length < 10 and event_id[length : length + 1] == "-" and event_id[length + 1 : length + 3].isdigit():
        length += 3
    return length


def _spelled(event_id: str) -> str:
    """Return an id as it is compared in any case: ``É`` is ``é``, in one character or two."""
    if event_id.isascii():
        return event_id.lower()
    import unicodedata  # only for ids that are not ASCII

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", event_id).casefold())


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
        last = """SELECT coalesce(nullif("end", ''), start) AS d FROM events WHERE last = ? AND first >= ?"""
        (start,) = self.connection.execute(first, [covered.first]).fetchone()
        reach = self._reach(covered.last) or EVER.first
        (end,) = self.connection.execute(f"{last} ORDER BY length(d) DESC LIMIT 1", [covered.last, reach]).fetchone()
        return start, end

    # Choosing

    def clause(self, node: Node, probing: bool = False) -> Clause:
        """Return a condition of SQL on the table ``events e`` for criteria without words, and its parameters.

        It finds all events by their values; or, for ``probing``, looks at the values of one event after the other.
        """
        match node:
            case And(parts):
                return self._joined(" AND ", parts, "1", probing)
            case Or(parts):
                return self._joined(" OR ", parts, "0", probing)
            case Not(part):
                clause, values = self.clause(part, probing)
                return f"NOT ({clause})", values
            case During(period, other=other):
                return _among_moments(_during(period)) if other else self._within_reach(period)
            case Annually(month, day, other=other):
                return _among_moments(_recurs(month, day)) if other else _recurs(month, day)
            case HasValue(facet, typed):
                return self._is(facet, typed, probing)
            case Among(ids):
                listed = "SELECT value FROM json_each(?)"
                return f"e.n IN (SELECT n FROM events WHERE id IN ({listed}))", [json.dumps(ids)]
            case _:
                raise ValueError("words are a matter of the search")

    def _within_reach(self, period: Period) -> Clause:
        """Return the condition of sharing a day; no event that began longer before than the longest lasts is looked at."""
        clause, values = _during(period)
        reach = "" if clause == "1" else self._reach(period.first)
        return (f"{clause} AND e.first >= ?", [*values, reach]) if reach else (clause, values)

    def _reach(self, day: str) -> str:
        """Return the first day on which an event can have begun that goes on on a day; "" where that is before all days."""
        return add_days(day, -int(self.meta.get("longest", 0)))

    def _joined(self, operator: str, parts: Iterable[Node], empty: str, probing: bool) -> Clause:
        clauses: list[str] = []
        values: list[Any] = []
        for part in parts:
            clause, more = self.clause(part, probing)
            clauses.append(f"({clause})")
            values += more
        if len(clauses) > MAX_PARTS:
            raise UsageError(f"{len(clauses):,} alternatives are too many", f"at most {MAX_PARTS:,} are looked for")
        while len(clauses) > 100:  # a tree of many short branches: SQLite refuses one of a thousand levels
            clauses = [f"({operator.join(clauses[at : at + 100])})" for at in range(0, len(clauses), 100)]
        return operator.join(clauses) or empty, values

    def _names(self, facet: str, typed: Sequence[str]) -> list[int]:
        return [name for value in typed if value != NONE for name in self.resolve(BY_NAME[facet], value)]

    def _is(self, facet: str, typed: Sequence[str], probing: bool) -> Clause:
        number = FACET_NUMBERS[facet]
        names = self._names(facet, typed)
        having = f"SELECT event FROM facets WHERE facet = {number}"
        if probing:
            having = f"SELECT 1 FROM facets v WHERE v.event = e.n AND v.facet = {number}"
            clause = f"EXISTS ({having} AND v.name IN ({','.join('?' * len(names))}))"
            return (f"{clause} OR NOT EXISTS ({having})" if NONE in typed else clause), [*names]
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
            found = self._numbers(
                "SELECT n FROM names WHERE section = ? AND name = ?", facet.section, text.composed(typed)
            )
        if found:
            return found
        raise self._unknown(facet, typed)

    def _numbers(self, sql: str, *values: Any) -> list[int]:
        return [number for (number,) in self.connection.execute(sql, values)]

    def _unknown(self, facet: Facet, typed: str) -> UsageError:
        """Return the error for a value that nothing in the archive has, with those that come near."""
        number = FACET_NUMBERS[facet.name]
        sql = "SELECT a.alias, n.name FROM aliases a JOIN names n ON n.n = a.name WHERE a.section = ?"
        sql += " AND a.name IN (SELECT name FROM facets WHERE facet = ?) ORDER BY a.alias, n.name"
        names: dict[str, str] = dict(self.connection.execute(sql, (facet.section, number)).fetchall())
        near = list(dict.fromkeys(names[alias] for alias in nearest(text.key(typed), list(names))))[:3]
        hint = f"did you mean {', '.join(near)}?" if near else f"'archive count --by {facet.name}' lists them all"
        return UsageError(f"no event has the {facet.name} '{typed[:60]}'", hint)

    # Reading

    def select(self, query: Query, clause: Clause | None = None) -> Iterator[Event]:
        """Yield the events that fit, newest first unless the query says otherwise."""
        if clause is None and self.size > STEPS and not self._in_order(query):
            yield from self._sought(query)
            return
        where, values = clause or self.clause(query.where)
        for row in self.connection.execute(self._select_sql(query, where), values):
            yield event_of(row)

    def _in_order(self, query: Query) -> bool:
        """Tell whether the events that fit stand together in the index of the order, or all events are asked for."""
        parts = _parts(query.where)
        by_date = query.sort not in ORDERS or query.sort == "date"
        return not parts or (by_date and all(isinstance(part, During) and not part.other for part in parts))

    def _sought(self, query: Query) -> Iterator[Event]:
        """Yield the events that fit: the first by looking at one event after the other, if that finds them soon.

        What many events have is soon met; what few have is soon sorted. So neither takes longer where there are more events.
        """
        first = AT_ONCE if query.limit is None else min(query.limit, AT_ONCE)
        met = self.connection.execute(*self._walk_sql(query, first)).fetchall() if self._soon(query, first) else []
        done = len(met) if len(met) == first else 0
        yield from self._read([n for (n,) in met[:done]])
        if query.limit is not None and done == query.limit:
            return
        where, values = self.clause(query.where)
        left = -1 if query.limit is None else min(query.limit, 2**62) - done
        ordering = _ordering(query)
        sql = f"SELECT e.n FROM events e WHERE {where} ORDER BY {ordering} LIMIT {left} OFFSET {done}"
        rows = self.connection.execute(sql, values)
        while several := rows.fetchmany(AT_ONCE):
            yield from self._read([n for (n,) in several])

    def _soon(self, query: Query, wanted: int) -> bool:
        """Tell whether so many events may be met within STEPS: each filter by itself must have enough of them."""
        enough = wanted * self.size // STEPS + 1
        for part in _parts(query.where):
            if isinstance(part, HasValue) and NONE not in part.values:
                fitting, values = self._having(part)
            elif isinstance(part, During) and not part.other:
                where, values = self._within_reach(part.period)
                fitting = f"SELECT 1 FROM events e WHERE {where}"
            else:
                continue
            sql = f"SELECT count(*) FROM ({fitting} LIMIT {enough})"
            if self.connection.execute(sql, values).fetchone()[0] < enough:
                return False
        return wanted > 0

    def _walk_sql(self, query: Query, wanted: int) -> tuple[str, list[Any]]:
        """Return the question for the first events in order that fit, among so many as are looked at before giving up."""
        by_date = query.sort not in ORDERS or query.sort == "date"
        inner = [part for part in _parts(query.where) if by_date and isinstance(part, During) and not part.other]
        outer = [part for part in _parts(query.where) if part not in inner]
        (within, values), (fitting, more) = self.clause(And(tuple(inner))), self.clause(And(tuple(outer)), probing=True)
        dated = ", e.first, e.last" if "e.first" in fitting or "e.last" in fitting else ""
        walked = f"SELECT e.n{dated} FROM events e WHERE {within} ORDER BY {_ordering(query)} LIMIT {STEPS}"
        return f"SELECT e.n FROM ({walked}) e WHERE {fitting} LIMIT {wanted}", [*values, *more]

    def _read(self, numbers: list[int]) -> Iterator[Event]:
        """Yield the events of some numbers, in their order."""
        sql = f"SELECT e.n, {COLUMNS} FROM events e WHERE e.n IN (SELECT value FROM json_each(?))"
        found = {row[0]: event_of(row[1:]) for row in self.connection.execute(sql, (json.dumps(numbers),))}
        yield from (found[n] for n in numbers)

    def _select_sql(self, query: Query, where: str) -> str:
        limit = f" LIMIT {min(query.limit, 2**62)}" if query.limit is not None else ""
        return f"SELECT {COLUMNS} FROM events e WHERE {where} ORDER BY {_ordering(query)}{limit}"

    def count(self, where: Node) -> int:
        """Return how many events fit: counted in the index of values, or of dates, without a look at the events."""
        parts = _parts(where)
        if (
            len(parts) == 1
            and isinstance(parts[0], Annually)
            and not parts[0].other
            and (yearly := self._yearly(parts[0]))
        ):
            return int(self.connection.execute(*yearly).fetchone()[0])
        if not parts or not all(isinstance(part, HasValue) and NONE not in part.values for part in parts):
            return self.count_where(self.clause(where))
        least, *others = sorted(((self._number(part), place) for place, part in enumerate(parts)))
        if not others:
            return least[0]
        having, names = self._having(parts[least[1]])
        fitting, more = self.clause(And(tuple(parts[place] for _, place in others)), probing=True)
        sql = f"SELECT count(*) FROM ({having}) e WHERE {fitting}"
        return int(self.connection.execute(sql, [*names, *more]).fetchone()[0])

    def _having(self, part: Node) -> Clause:
        """Return the question for the numbers of the events that have a value, each once."""
        assert isinstance(part, HasValue)
        names = self._names(part.facet, part.values)
        once = "DISTINCT " if len(names) > 1 else ""
        number = FACET_NUMBERS[part.facet]
        marks = ",".join("?" * len(names))
        return f"SELECT {once}event AS n FROM facets WHERE facet = {number} AND name IN ({marks})", [*names]

    def _number(self, part: Node) -> int:
        having, names = self._having(part)
        return int(self.connection.execute(f"SELECT count(*) FROM ({having})", names).fetchone()[0])

    def _yearly(self, part: Annually) -> Clause | None:
        """Return the question how many events cover a day or month of any year, year by year; None for very many years."""
        covered = self.covered
        if covered is None:
            return None
        years = range(int(covered.first[:4]), int(covered.last[:4]) + 1)
        if len(years) > MOST_YEARS:
            return None
        found: list[str] = []
        values: list[Any] = []
        for year in years:
            month = f"{year:04d}-{part.month:02d}"
            first, last = (f"{month}-{part.day or 1:02d}", f"{month}-{part.day or 31:02d}")
            clause, more = "e.first <= ? AND e.last >= ? AND e.first >= ?", [last, first, self._reach(f"{month}-01")]
            found.append(f"SELECT e.n FROM events e WHERE {clause}")
            values += more
        return f"SELECT count(*) FROM ({' UNION '.join(found)})", values

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

    def by_ids_in_any_case(self, prefix: str, limit: int) -> list[str]:
        """Return the ids that begin with ``prefix``, case and the storage of accents apart, at most ``limit``.

        The one that is ``prefix`` as a whole is returned alone.
        """
        wanted = _spelled(prefix)
        found: list[str] = []
        for (event_id,) in self.connection.execute("SELECT id FROM events ORDER BY id"):
            spelled = _spelled(event_id)
            if spelled.startswith(wanted) and (len(found) < limit or spelled == wanted):
                found.append(event_id)
        return [event_id for event_id in found if _spelled(event_id) == wanted] or found[:limit]

    def shortest(self, event_id: str) -> str:
        """Return the shortest beginning of an id that no other id shares, no hyphen at the end.

        It holds at least the date, where the id begins with one.
        """
        longest = 0
        for sign, order in (("<", "DESC"), (">", "ASC")):
            sql = f"SELECT id FROM events WHERE id {sign} ? ORDER BY id {order} LIMIT 1"
            for (other,) in self.connection.execute(sql, (event_id,)):
                longest = max(longest, shared_length(event_id, other))
        length = max(longest + 1, date_length(event_id))
        return event_id[: length + 1 if event_id[length - 1 : length] == "-" else length]

    def known(self, ids: Sequence[str]) -> set[str]:
        """Return those of the ids that events have."""
        sql = "SELECT id FROM events WHERE id IN (SELECT value FROM json_each(?))"
        return {event_id for (event_id,) in self.connection.execute(sql, (json.dumps(ids),))}

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
        sql = (
            "SELECT coalesce(n.name, ''), coalesce(n.short, ''), count(*) AS c FROM events e"
            f" LEFT JOIN facets f ON f.event = e.n AND f.facet = {number} LEFT JOIN names n ON n.n = f.name"
            f" WHERE {where} GROUP BY f.name ORDER BY n.name IS NULL, c DESC, n.name"
        )
        return [Tally(*row) for row in self.connection.execute(sql, values)]

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
        row = self.connection.execute(sql, (section, text.composed(name))).fetchone()
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
        return dict(
            self.connection.execute("SELECT name, short FROM names WHERE short <> '' ORDER BY section").fetchall()
        )

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _parts(where: Node) -> tuple[Node, ...]:
    return where.parts if isinstance(where, And) else (where,)


def _ordering(query: Query) -> str:
    order = query.sort if query.sort in ORDERS else "date"
    descending = (order == "date") != query.reverse
    return ORDERS[order].format("DESC" if descending else "ASC")


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


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
