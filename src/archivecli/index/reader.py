"""An open index: facts about it, events in order and by id, names, and what its full-text tables find."""

import json
import math
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from archivecli import text
from archivecli.dates import Period
from archivecli.events import Event, Term
from archivecli.index.conditions import ALL, Condition, Conditions, listed
from archivecli.query.criteria import NONE, HasValue, Node, Query, conjuncts
from archivecli.query.results import Count as Tally
from archivecli.schema import Schema

COLUMNS = 'e.id, e.title, e.start, e."end", e.kind, e.place, e.record'

ORDERS = {
    "date": "e.first {0}, e.last {0}, e.id {0}",
    "title": "e.title_key {0}, e.first DESC, e.id",
    "id": "e.id {0}",
    "kind": "e.kind_key {0}, e.first DESC, e.id",
    "place": "e.place_key {0}, e.first DESC, e.id",
}

STEPS = 10_000
"""Events are looked at in their order if the first of about so many are enough; else all that fit are found and sorted."""

K1, B = 1.2, 0.75
"""The constants that FTS5 builds into its BM25."""


_LEADING_DATE = r"[0-9]{4}(-[0-9]{2}){0,2}"


def shared_length(one: str, other: str) -> int:
    """Return how many characters two strings begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def date_length(event_id: str) -> int:
    """Return how many characters the date takes at the beginning of an id: 4, 7 or 10, or 0 if there is none."""
    match = re.match(_LEADING_DATE, event_id)
    return match.end() if match else 0


def _casefold(event_id: str) -> str:
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

    @cached_property
    def meta(self) -> dict[str, Any]:
        """What the index says of itself: events, first, last, about."""
        return {key: json.loads(value) for key, value in self.connection.execute("SELECT * FROM meta")}

    @cached_property
    def schema(self) -> Schema:
        """What the events of the catalogue can have."""
        return Schema.from_plain(self.meta["schema"])

    @property
    def size(self) -> int:
        """The number of events."""
        size: int = self.meta["events"]
        return size

    @property
    def period(self) -> Period | None:
        """From the first to the last day of all events; None if there are none."""
        return Period(self.meta["first"], self.meta["last"]) if self.size else None

    @property
    def date_range(self) -> tuple[str, str] | None:
        """First start and last end, as precise as the catalogue gives them; None if there are no events."""
        if self.period is None:
            return None
        first, last = self.period
        sql = "SELECT start FROM events WHERE first = ? ORDER BY length(start) DESC LIMIT 1"
        (start,) = self.connection.execute(sql, [first]).fetchone()
        sql = """SELECT coalesce(nullif("end", ''), start) AS d FROM events WHERE last = ? AND first >= ?"""
        values = [last, self.conditions.reach(last)]
        (end,) = self.connection.execute(f"{sql} ORDER BY length(d) DESC LIMIT 1", values).fetchone()
        return start, end

    @cached_property
    def conditions(self) -> Conditions:
        """Builds the conditions of SQL for criteria."""
        return Conditions(self.connection, self.schema, int(self.meta.get("longest", 0)))

    def condition(self, node: Node) -> Condition:
        """Return the condition on the table ``events e`` for criteria without words."""
        return self.conditions.condition(node)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    # Events

    def select(self, query: Query, condition: Condition | None = None) -> Iterator[Event]:
        """Yield the events that fit, newest first by default."""
        if condition is None:
            condition = self.conditions.condition(query.where, per_row=self._is_frequent(query))
        where, values = condition
        for row in self.connection.execute(self._select_sql(query, where), values):
            yield event_of(row)

    def _select_sql(self, query: Query, where: str) -> str:
        order = query.sort if query.sort in ORDERS else "date"
        ordering = ORDERS[order].format("DESC" if (order == "date") != query.reverse else "ASC")
        limit = f" LIMIT {min(query.limit, 2**62)}" if query.limit is not None else ""
        return f"SELECT {COLUMNS} FROM events e WHERE {where} ORDER BY {ordering}{limit}"

    def _is_frequent(self, query: Query) -> bool:
        """Tell whether the values wanted are so frequent that the first events in order soon have them."""
        has_value = any(isinstance(part, HasValue) for part in conjuncts(query.where))
        return has_value and query.limit is not None and self.count(query.where) * STEPS > query.limit * self.size

    def count(self, where: Node) -> int:
        """Return how many events fit; those with values are counted without a look at the events."""
        parts = conjuncts(where)
        values = [part for part in parts if isinstance(part, HasValue) and NONE not in part.values]
        if not parts or len(values) < len(parts):
            return self.count_where(self.condition(where))
        found = [self.conditions.having(part.facet, part.values) for part in values]
        sql = f"SELECT count(*) FROM ({' INTERSECT '.join(having for having, _ in found)})"
        (number,) = self.connection.execute(sql, [name for _, names in found for name in names]).fetchone()
        return int(number)

    def count_where(self, condition: Condition) -> int:
        """Return how many events fit a condition."""
        where, values = condition
        if where == "1":
            return self.size
        (number,) = self.connection.execute(f"SELECT count(*) FROM events e WHERE {where}", values).fetchone()
        return int(number)

    def tallies(self, by: str) -> list[Tally]:
        """Return how many of all events have each value of a facet, or are in each year, quarter or month."""
        sql = "SELECT name, short, number FROM tallies WHERE field = ? ORDER BY place"
        return [Tally(*row) for row in self.connection.execute(sql, (by,))]

    def numbers(self, condition: Condition = ALL) -> list[int]:
        """Return the numbers of the events that fit a condition."""
        where, values = condition
        return [n for (n,) in self.connection.execute(f"SELECT e.n FROM events e WHERE {where}", values)]

    def numbers_of(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the number of each id that an event has."""
        sql = "SELECT id, n FROM events WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self.connection.execute(sql, (json.dumps(list(ids)),)).fetchall())

    def events(self, numbers: Iterable[int]) -> dict[int, Event]:
        """Return the events with these numbers."""
        where, values = listed(numbers)
        rows = self.connection.execute(f"SELECT e.n, {COLUMNS} FROM events e WHERE {where}", values)
        return {row[0]: event_of(row[1:]) for row in rows}

    def date_keys(self, numbers: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Return what orders each of these events by date."""
        where, values = listed(numbers)
        rows = self.connection.execute(f"SELECT e.n, e.first, e.last, e.id FROM events e WHERE {where}", values)
        return {row[0]: row[1:] for row in rows}

    def numbers_by_date(self, oldest_first: bool) -> Iterator[int]:
        """Yield the numbers of all events, ordered by date."""
        order = ORDERS["date"].format("ASC" if oldest_first else "DESC")
        return (n for (n,) in self.connection.execute(f"SELECT e.n FROM events e ORDER BY {order}"))

    def get(self, event_id: str) -> Event | None:
        """Return the event with this id."""
        row = self.connection.execute(f"SELECT {COLUMNS} FROM events e WHERE e.id = ?", (event_id,)).fetchone()
        return event_of(row) if row else None

    def neighbours(self, event: Event) -> tuple[Event | None, Event | None]:
        """Return the events before and after this one by date."""
        found: list[Event | None] = []
        for sign, order in (("<", "DESC"), (">", "ASC")):
            sql = f"SELECT {COLUMNS} FROM events e WHERE (e.first, e.last, e.id) {sign} (?, ?, ?)"
            sql += f" ORDER BY {ORDERS['date'].format(order)} LIMIT 1"
            row = self.connection.execute(sql, (*event.period, event.id)).fetchone()
            found.append(event_of(row) if row else None)
        return found[0], found[1]

    # Ids

    def by_ids(self, prefix: str, limit: int) -> list[str]:
        """Return up to ``limit`` ids that begin with ``prefix``, in order."""
        sql = "SELECT id FROM events WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        return [found for (found,) in self.connection.execute(sql, (prefix, prefix + "\U0010ffff", limit))]

    def by_ids_in_any_case(self, prefix: str, limit: int) -> list[str]:
        """Return up to ``limit`` ids that begin with ``prefix``, whatever the case and the form of accents.

        One that is ``prefix`` as a whole is returned alone.
        """
        wanted = _casefold(prefix)
        found: list[str] = []
        for (event_id,) in self.connection.execute("SELECT id FROM events ORDER BY id"):
            folded = _casefold(event_id)
            if folded.startswith(wanted) and (len(found) < limit or folded == wanted):
                found.append(event_id)
        return [event_id for event_id in found if _casefold(event_id) == wanted] or found[:limit]

    def short_id(self, event_id: str) -> str:
        """Return the shortest beginning of an id that no other id shares, without a hyphen at its end.

        It has at least the date that the id begins with.
        """
        longest = 0
        for sign, order in (("<", "DESC"), (">", "ASC")):
            sql = f"SELECT id FROM events WHERE id {sign} ? ORDER BY id {order} LIMIT 1"
            for (other,) in self.connection.execute(sql, (event_id,)):
                longest = max(longest, shared_length(event_id, other))
        length = max(longest + 1, date_length(event_id))
        return event_id[: length + 1 if event_id[length - 1 : length] == "-" else length]

    # Names

    def term(self, section: str, name: str) -> Term:
        """Return what the vocabulary says of a name; a bare term if it says nothing."""
        sql = "SELECT term FROM names WHERE section = ? AND name = ?"
        row = self.connection.execute(sql, (section, text.composed(name))).fetchone()
        if not row or not row[0]:
            return Term(name)
        values: Any = (tuple(value) if isinstance(value, list) else value for value in json.loads(row[0]))
        return Term(*values)

    def as_typed(self, section: str, name: str, short: str) -> str | None:
        """Return a name as one word of letters, digits and hyphens that means nothing else, or None."""
        sql = "SELECT n.name FROM aliases a JOIN names n ON n.n = a.name WHERE a.section = ? AND a.alias = ?"
        for written in (short, name):
            alias = text.key(written)
            if alias and self.connection.execute(sql, (section, alias)).fetchall() == [(name,)]:
                return alias.replace(" ", "-")
        return None

    def is_name(self, words: str) -> bool:
        """Tell whether the vocabulary has a name or another name of these folded words."""
        return self._exists("SELECT 1 FROM aliases WHERE alias = ? LIMIT 1", words)

    def is_in_name(self, word: str, sections: Sequence[str]) -> bool:
        """Tell whether a name of some sections of the vocabulary has this folded word."""
        marks = ",".join("?" * len(sections))
        sql = f"SELECT 1 FROM aliases WHERE section IN ({marks}) AND ' ' || alias || ' ' LIKE ? LIMIT 1"
        return self._exists(sql, *sections, f"% {word} %")

    def _exists(self, sql: str, *values: Any) -> bool:
        return self.connection.execute(sql, values).fetchone() is not None

    # Full text: ``expression`` is one of FTS5

    def match(self, expression: str, condition: Condition = ALL, limit: int = -1) -> list[int]:
        """Return the numbers of the events that have an expression and fit a condition."""
        where, values = match_condition(expression, condition)
        sql = f"SELECT fts.rowid FROM fts WHERE {where} LIMIT ?"
        return [n for (n,) in self.connection.execute(sql, [*values, limit])]

    def match_count(self, expression: str, condition: Condition = ALL) -> int:
        """Return how many events have an expression and fit a condition."""
        where, values = match_condition(expression, condition)
        return int(self.connection.execute(f"SELECT count(*) FROM fts WHERE {where}", values).fetchone()[0])

    def latest_match(self, expression: str, condition: Condition, total: int, limit: int) -> list[int]:
        """Return the latest of ``total`` matches: few are sorted, of many the first are met in order of date."""
        where, values = match_condition(expression, condition)
        ordered = f"ORDER BY {ORDERS['date'].format('DESC')} LIMIT ?"
        if total * 10 < self.size:
            sql = f"SELECT e.n FROM fts CROSS JOIN events e ON e.n = fts.rowid WHERE {where} {ordered}"
        else:
            found = f"SELECT fts.rowid FROM fts WHERE {where}"
            sql = f"SELECT e.n FROM events e INDEXED BY event_dates WHERE e.n IN ({found}) {ordered}"
        return [n for (n,) in self.connection.execute(sql, [*values, limit])]

    def frequencies(self, expression: str, among: Collection[int] | None = None) -> dict[int, float]:
        """Return how much each event (``among`` some) is about one word or phrase, from 0 to K1 + 1.

        FTS5's BM25 counts a word the less, the longer the record; but a long record here is a well-described event, and
        one of a few words says little. So its share of rarity and length is taken out again: what remains is
        f (K1 + 1) / (f + K1) for a weighted frequency f.
        """
        bm25 = f"bm25(fts, {', '.join(map(str, self.schema.columns.values()))})"
        sql = f"SELECT fts.rowid, -{bm25}, tokens FROM fts JOIN lengths ON n = fts.rowid WHERE fts MATCH ?"
        if among is None:
            rows = self.connection.execute(sql, (expression,)).fetchall()
            matches = len(rows)
        else:
            sql += " AND fts.rowid >= ? AND +fts.rowid IN (SELECT value FROM json_each(?))"
            values = (expression, min(among, default=0), json.dumps(list(among)))
            rows = self.connection.execute(sql, values).fetchall()
            matches = self.match_count(expression) if rows else 0
        if not rows:
            return {}
        rarity = max(math.log((self.size - matches + 0.5) / (matches + 0.5)), 1e-6)
        average = self.meta["tokens"] / self.size
        found = {}
        for n, score, tokens in rows:
            share = min(score / rarity, K1 + 1 - 1e-6)
            frequency = share * K1 * (1 - B + B * tokens / average) / (K1 + 1 - share)
            found[n] = frequency * (K1 + 1) / (frequency + K1)
        return found

    def synonyms(self, expression: str) -> list[str]:
        """Return what the items of the thesaurus mean in which an expression may be typed, one string for each."""
        sql = "SELECT s.means FROM thesaurus t JOIN synonyms s ON s.n = t.rowid WHERE t.typed MATCH ? ORDER BY s.n"
        return [means for (means,) in self.connection.execute(sql, (expression,)).fetchall()]

    def words_from(self, start: str, limit: int, longest: int = 1000) -> list[str]:
        """Return up to ``limit`` words of the archive that begin with ``start``."""
        sql = "SELECT word FROM words WHERE word >= ? AND word < ? AND length(word) <= ? LIMIT ?"
        return [word for (word,) in self.connection.execute(sql, (start, start + "\x7f", longest, limit))]

    def words_of_length(self, shortest: int, longest: int) -> list[str]:
        """Return the words of the archive that are about as long as this."""
        sql = "SELECT word FROM words WHERE length(word) BETWEEN ? AND ? LIMIT 300000"
        return [word for (word,) in self.connection.execute(sql, (shortest, longest))]


def match_condition(expression: str, condition: Condition) -> Condition:
    """Return the condition on ``fts`` for an expression of FTS5 together with a condition on ``events e``."""
    where, values = condition
    among = f" AND +fts.rowid IN (SELECT e.n FROM events e WHERE {where})" if where != "1" else ""
    return f"fts MATCH ?{among}", [expression, *values]
