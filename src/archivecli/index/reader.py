"""Read an index: its description, events in order and by id, names, and full-text search."""

import json
import math
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import starmap, takewhile
from typing import Any

from archivecli import text
from archivecli.dates import Period
from archivecli.events import Event, Term
from archivecli.index.conditions import ALL, Condition, Conditions, listed
from archivecli.query.criteria import NONE, HasValue, Node, Query, conjuncts
from archivecli.query.results import Count
from archivecli.schema import Schema

EVENT_COLUMNS = 'e.id, e.title, e.start, e."end", e.kind, e.place, e.record'

ORDERS = {
    "date": "e.first {0}, e.last {0}, e.id {0}",
    "title": "e.title_key {0}, e.first DESC, e.id",
    "id": "e.id {0}",
    "kind": "e.kind_key {0}, e.first DESC, e.id",
    "place": "e.place_key {0}, e.first DESC, e.id",
}

SCAN_LIMIT = 10_000
"""Events are scanned in their order if a query likely finds enough among the first N; else all matches are sorted."""

K1, B = 1.2, 0.75  # the constants of BM25 in FTS5


def shared_length(one: str, other: str) -> int:
    """Return the length of the common prefix of two strings."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _casefold(event_id: str) -> str:
    """Return an id in lower case, its accents composed."""
    if event_id.isascii():
        return event_id.lower()
    import unicodedata  # only for ids that are not ASCII

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", event_id).casefold())


class Index:
    """An open index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @cached_property
    def meta(self) -> dict[str, Any]:
        """The description of the index: events, first, last, about …"""
        return {key: json.loads(value) for key, value in self.connection.execute("SELECT * FROM meta")}

    @cached_property
    def schema(self) -> Schema:
        """What the events can have."""
        return Schema.from_plain(self.meta["schema"])

    @property
    def size(self) -> int:
        """The number of events."""
        return int(self.meta["events"])

    @property
    def period(self) -> Period | None:
        """From the first to the last day of all events; None if there are none."""
        return Period(self.meta["first"], self.meta["last"]) if self.size else None

    @property
    def date_range(self) -> tuple[str, str] | None:
        """The first start and last end, as precise as the catalogue gives them; None if there are no events."""
        if self.period is None:
            return None
        first, last = self.period
        sql = "SELECT start FROM events WHERE first = ? ORDER BY length(start) DESC LIMIT 1"
        (start,) = self.connection.execute(sql, [first]).fetchone()
        sql = """SELECT coalesce(nullif("end", ''), start) AS d FROM events WHERE last = ? AND first >= ?"""
        values = [last, self.conditions.earliest_start(last)]
        (end,) = self.connection.execute(f"{sql} ORDER BY length(d) DESC LIMIT 1", values).fetchone()
        return start, end

    @cached_property
    def conditions(self) -> Conditions:
        """The builder of SQL conditions for this index."""
        return Conditions(self.connection, self.schema, int(self.meta.get("longest", 0)))

    def condition(self, node: Node) -> Condition:
        """Return the SQL condition on ``events e`` for criteria without words."""
        return self.conditions.condition(node)

    # Events

    def select(self, query: Query, condition: Condition | None = None) -> Iterator[Event]:
        """Yield the matching events, newest first by default."""
        if condition is None:
            condition = self.conditions.condition(query.where, per_row=self._is_frequent(query))
        where, values = condition
        yield from starmap(Event, self.connection.execute(self._select_sql(query, where), values))

    def _select_sql(self, query: Query, where: str) -> str:
        order = query.sort if query.sort in ORDERS else "date"
        ordering = ORDERS[order].format("DESC" if (order == "date") != query.reverse else "ASC")
        limit = f" LIMIT {min(query.limit, 2**62)}" if query.limit is not None else ""
        return f"SELECT {EVENT_COLUMNS} FROM events e WHERE {where} ORDER BY {ordering}{limit}"

    def _is_frequent(self, query: Query) -> bool:
        """Return whether enough matches are likely among the first SCAN_LIMIT events."""
        has_value = any(isinstance(part, HasValue) for part in conjuncts(query.where))
        return has_value and query.limit is not None and self.count(query.where) * SCAN_LIMIT > query.limit * self.size

    def count(self, where: Node) -> int:
        """Return the number of matching events; filters by value alone are counted without reading events."""
        parts = conjuncts(where)
        values = [part for part in parts if isinstance(part, HasValue) and NONE not in part.values]
        if not parts or len(values) < len(parts):
            return self.count_where(self.condition(where))
        found = [self.conditions.having(part.facet, part.values) for part in values]
        sql = f"SELECT count(*) FROM ({' INTERSECT '.join(having for having, _ in found)})"
        (number,) = self.connection.execute(sql, [name for _, names in found for name in names]).fetchone()
        return int(number)

    def count_where(self, condition: Condition) -> int:
        """Return the number of events that match a condition."""
        where, values = condition
        if condition == ALL:
            return self.size
        (number,) = self.connection.execute(f"SELECT count(*) FROM events e WHERE {where}", values).fetchone()
        return int(number)

    def stored_counts(self, by: str) -> list[Count]:
        """Return how many of all events have each value of a facet, or are in each year, quarter or month."""
        sql = "SELECT name, short, number FROM counts WHERE field = ? ORDER BY position"
        return [Count(*row) for row in self.connection.execute(sql, (by,))]

    def numbers(self, condition: Condition = ALL) -> list[int]:
        """Return the numbers of the events that match a condition."""
        where, values = condition
        return [n for (n,) in self.connection.execute(f"SELECT e.n FROM events e WHERE {where}", values)]

    def numbers_of(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the number of the event of each id; unknown ids are left out."""
        sql = "SELECT id, n FROM events WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self.connection.execute(sql, (json.dumps(list(ids)),)).fetchall())

    def events(self, numbers: Iterable[int]) -> dict[int, Event]:
        """Return the events with these numbers."""
        return {n: Event(*row) for n, *row in self._rows_of(numbers, EVENT_COLUMNS)}

    def date_keys(self, numbers: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Return the sort key by date of each of these events."""
        return {n: (first, last, event_id) for n, first, last, event_id in self._rows_of(numbers, "first, last, id")}

    def _rows_of(self, numbers: Iterable[int], columns: str) -> Iterator[Any]:
        where, values = listed(numbers)
        return self.connection.execute(f"SELECT e.n, {columns} FROM events e WHERE {where}", values)

    def numbers_by_date(self, oldest_first: bool) -> Iterator[int]:
        """Yield the numbers of all events, ordered by date."""
        order = ORDERS["date"].format("ASC" if oldest_first else "DESC")
        return (n for (n,) in self.connection.execute(f"SELECT e.n FROM events e ORDER BY {order}"))

    def get(self, event_id: str) -> Event | None:
        """Return the event with this id, or None."""
        row = self.connection.execute(f"SELECT {EVENT_COLUMNS} FROM events e WHERE e.id = ?", (event_id,)).fetchone()
        return Event(*row) if row else None

    def neighbours(self, event: Event) -> tuple[Event | None, Event | None]:
        """Return the events before and after this one by date."""
        found: list[Event | None] = []
        for sign, order in (("<", "DESC"), (">", "ASC")):
            sql = f"SELECT {EVENT_COLUMNS} FROM events e WHERE (e.first, e.last, e.id) {sign} (?, ?, ?)"
            sql += f" ORDER BY {ORDERS['date'].format(order)} LIMIT 1"
            row = self.connection.execute(sql, (*event.period, event.id)).fetchone()
            found.append(Event(*row) if row else None)
        return found[0], found[1]

    # Ids

    def by_ids(self, prefix: str, limit: int) -> list[str]:
        """Return up to ``limit`` ids that begin with ``prefix``, in order."""
        sql = "SELECT id FROM events WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        return [found for (found,) in self.connection.execute(sql, (prefix, prefix + "\U0010ffff", limit))]

    def by_ids_in_any_case(self, prefix: str, limit: int) -> list[str]:
        """Return up to ``limit`` ids that begin with ``prefix``, ignoring case and how accents are encoded.

        An id equal to ``prefix`` is returned alone.
        """
        wanted = _casefold(prefix)
        found: list[str] = []
        for (event_id,) in self.connection.execute("SELECT id FROM events ORDER BY id"):
            folded = _casefold(event_id)
            if folded.startswith(wanted) and (len(found) < limit or folded == wanted):
                found.append(event_id)
        return [event_id for event_id in found if _casefold(event_id) == wanted] or found[:limit]

    def short_id(self, event_id: str) -> str:
        """Return the shortest unambiguous prefix of an id: at least its date, and no hyphen at the end."""
        longest = 0
        for sign, order in (("<", "DESC"), (">", "ASC")):
            sql = f"SELECT id FROM events WHERE id {sign} ? ORDER BY id {order} LIMIT 1"
            for (other,) in self.connection.execute(sql, (event_id,)):
                longest = max(longest, shared_length(event_id, other))
        date = re.match("[0-9]{4}(-[0-9]{2}){0,2}", event_id)
        length = max(longest + 1, date.end() if date else 0)
        return event_id[: length + 1 if event_id[length - 1 : length] == "-" else length]

    # Names

    def term(self, section: str, name: str) -> Term:
        """Return the vocabulary's term of a name, or a bare term if there is none."""
        sql = "SELECT term FROM names WHERE section = ? AND name = ?"
        row = self.connection.execute(sql, (section, text.composed(name))).fetchone()
        if not row or not row[0]:
            return Term(name)
        values: Any = (tuple(value) if isinstance(value, list) else value for value in json.loads(row[0]))
        return Term(*values)

    def as_typed(self, facet: str, name: str, short: str = "") -> str | None:
        """Return a value of a facet as one unambiguous word to type, such as ``human-trafficking``, or None."""
        section = self.schema.facets[facet].section
        sql = "SELECT n.name FROM aliases a JOIN names n ON n.n = a.name WHERE a.section = ? AND a.alias = ?"
        for written in (short, name):
            alias = text.key(written)
            if alias and self.connection.execute(sql, (section, alias)).fetchall() == [(name,)]:
                return alias.replace(" ", "-")
        return None

    def is_name(self, words: str) -> bool:
        """Return whether the vocabulary has a name of these folded words."""
        return self._exists("SELECT 1 FROM aliases WHERE alias = ?", words)

    def is_in_name(self, word: str, sections: Sequence[str]) -> bool:
        """Return whether a name in one of these sections has this folded word."""
        sql = "SELECT 1 FROM aliases WHERE section IN (SELECT value FROM json_each(?)) AND ' ' || alias || ' ' LIKE ?"
        return self._exists(sql, json.dumps(sections), f"% {word} %")

    def _exists(self, sql: str, *values: Any) -> bool:
        return self.connection.execute(sql, values).fetchone() is not None

    # Full text: ``expression`` is an FTS5 query

    def match(self, expression: str, condition: Condition = ALL, limit: int = -1) -> list[int]:
        """Return the numbers of the events that match an expression and a condition."""
        where, values = match_condition(expression, condition)
        sql = f"SELECT fts.rowid FROM fts WHERE {where} LIMIT ?"
        return [n for (n,) in self.connection.execute(sql, [*values, limit])]

    def match_count(self, expression: str, condition: Condition = ALL) -> int:
        """Return how many events match an expression and a condition."""
        where, values = match_condition(expression, condition)
        return int(self.connection.execute(f"SELECT count(*) FROM fts WHERE {where}", values).fetchone()[0])

    def latest_match(self, expression: str, condition: Condition, total: int, limit: int) -> list[int]:
        """Return the latest of ``total`` matches."""
        where, values = match_condition(expression, condition)
        if total * 10 < self.size:  # sort them, else scan the events by date until there are enough
            source = f"fts CROSS JOIN events e ON e.n = fts.rowid WHERE {where}"
        else:
            source = f"events e INDEXED BY event_dates WHERE e.n IN (SELECT fts.rowid FROM fts WHERE {where})"
        sql = f"SELECT e.n FROM {source} ORDER BY {ORDERS['date'].format('DESC')} LIMIT ?"
        return [n for (n,) in self.connection.execute(sql, [*values, limit])]

    def frequencies(self, expression: str, among: Collection[int] | None = None) -> dict[int, float]:
        """Return how much each event (optionally only those ``among``) is about a word or phrase, from 0 to K1 + 1.

        BM25 lowers the score of long records, but here a long record is a well-described event. So the factors for rarity
        and length are divided out: what remains is f (K1 + 1) / (f + K1) for a weighted frequency f.
        """
        bm25 = f"bm25(fts, {', '.join(map(str, self.schema.columns.values()))})"
        sql = f"SELECT fts.rowid, -{bm25}, tokens FROM fts JOIN token_counts ON n = fts.rowid WHERE fts MATCH ?"
        values: list[Any] = [expression]
        if among is not None:
            sql += " AND fts.rowid >= ? AND +fts.rowid IN (SELECT value FROM json_each(?))"
            values += [min(among, default=0), json.dumps(list(among))]
        rows = self.connection.execute(sql, values).fetchall()
        if not rows:
            return {}
        matches = len(rows) if among is None else self.match_count(expression)
        rarity = max(math.log((self.size - matches + 0.5) / (matches + 0.5)), 1e-6)
        average = self.meta["tokens"] / self.size
        found = {}
        for n, score, tokens in rows:
            share = min(score / rarity, K1 + 1 - 1e-6)
            frequency = share * K1 * (1 - B + B * tokens / average) / (K1 + 1 - share)
            found[n] = frequency * (K1 + 1) / (frequency + K1)
        return found

    def synonyms(self, expression: str) -> list[str]:
        """Return the meanings of the thesaurus items that match an expression, one string for each item."""
        sql = "SELECT s.means FROM thesaurus t JOIN synonyms s ON s.n = t.rowid WHERE t.typed MATCH ? ORDER BY s.n"
        return [means for (means,) in self.connection.execute(sql, (expression,)).fetchall()]

    def words_from(self, start: str, limit: int, longest: int = 1000) -> list[str]:
        """Return up to ``limit`` words of the archive that begin with ``start``."""
        sql = "SELECT word FROM words WHERE word >= ? AND word < ? AND length(word) <= ? LIMIT ?"
        return [word for (word,) in self.connection.execute(sql, (start, start + "\x7f", longest, limit))]

    def words_of_length(self, shortest: int, longest: int) -> list[str]:
        """Return the words of the archive of some lengths."""
        sql = "SELECT word FROM words WHERE length(word) BETWEEN ? AND ? LIMIT 300000"
        return [word for (word,) in self.connection.execute(sql, (shortest, longest))]


def match_condition(expression: str, condition: Condition) -> Condition:
    """Return the condition on ``fts`` for an FTS5 expression and a condition on ``events e``."""
    where, values = condition
    among = "" if condition == ALL else f" AND +fts.rowid IN (SELECT e.n FROM events e WHERE {where})"
    return f"fts MATCH ?{among}", [expression, *values]
