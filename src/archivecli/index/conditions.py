"""Criteria without words → conditions of SQL on the table ``events e``; names as typed → names as stored."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from archivecli import text
from archivecli.dates import EVER, Period, add_days
from archivecli.errors import UsageError, similar
from archivecli.query.criteria import NONE, Among, And, Annually, During, HasValue, Node, Not, Or
from archivecli.schema import Facet, Schema

Condition: TypeAlias = tuple[str, list[Any]]
"""A condition of SQL, and its parameters."""

ALL: Condition = ("1", [])

MAX_PARTS = 5000
"""How many alternatives one question may have: the number of parameters of SQLite is limited."""

LONGEST_NAME = 1000
"""Longer names are not looked for by their words: SQLite limits the length of a pattern."""


def listed(numbers: Iterable[int]) -> Condition:
    """Return the condition of being one of some events."""
    return "e.n IN (SELECT value FROM json_each(?))", [json.dumps(list(numbers))]


class Conditions:
    """Builds conditions for one index; ``longest`` is how many days its longest event lasts beyond the first."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, longest: int) -> None:
        self.connection = connection
        self.schema = schema
        self.longest = longest

    def condition(self, node: Node, per_row: bool = False) -> Condition:
        """Return the condition for criteria without words.

        It finds all events with the values of a facet, or, for ``per_row``, looks up the values of one event after the other.
        """
        match node:
            case And(parts):
                return self._join(" AND ", parts, "1", per_row)
            case Or(parts):
                return self._join(" OR ", parts, "0", per_row)
            case Not(part):
                where, values = self.condition(part, per_row)
                return f"NOT ({where})", values
            case During(period, other=other):
                return _of_other_dates(_during(period)) if other else self._during_within_reach(period)
            case Annually(month, day, other=other):
                return _of_other_dates(_annually(month, day)) if other else _annually(month, day)
            case HasValue(facet, typed):
                return self._has_value(facet, typed, per_row)
            case Among(ids):
                return "e.n IN (SELECT n FROM events WHERE id IN (SELECT value FROM json_each(?)))", [json.dumps(ids)]
        raise ValueError("words are searched for, not filtered by")

    def having(self, facet: str, typed: Sequence[str]) -> Condition:
        """Return the question for the numbers of the events that have one of the values, each once."""
        names = self._names(facet, typed)
        once = "DISTINCT " if len(names) > 1 else ""
        marks = ",".join("?" * len(names))
        number = self.schema.facet_numbers[facet]
        return f"SELECT {once}event FROM facets WHERE facet = {number} AND name IN ({marks})", [*names]

    def reach(self, day: str) -> str:
        """Return the first day on which an event can have begun that is still going on on ``day``."""
        return add_days(day, -self.longest)

    def _during_within_reach(self, period: Period) -> Condition:
        """Return the condition of sharing a day; only events that began within reach are looked at."""
        where, values = _during(period)
        return (where, values) if where == "1" else (f"{where} AND e.first >= ?", [*values, self.reach(period.first)])

    def _join(self, operator: str, parts: Iterable[Node], empty: str, per_row: bool) -> Condition:
        found = [self.condition(part, per_row) for part in parts]
        if len(found) > MAX_PARTS:
            raise UsageError(f"{len(found):,} alternatives are too many", f"at most {MAX_PARTS:,} are looked for")
        joined = [f"({where})" for where, _ in found]
        while len(joined) > 100:  # a tree of many short branches: SQLite refuses one of a thousand levels
            joined = [f"({operator.join(joined[at : at + 100])})" for at in range(0, len(joined), 100)]
        return operator.join(joined) or empty, [value for _, values in found for value in values]

    def _has_value(self, facet: str, typed: Sequence[str], per_row: bool) -> Condition:
        number = self.schema.facet_numbers[facet]
        names = self._names(facet, typed)
        marks = ",".join("?" * len(names))
        if per_row:
            values = f"SELECT 1 FROM facets v WHERE v.event = e.n AND v.facet = {number}"
            found, missing = f"EXISTS ({values} AND v.name IN ({marks}))", f"NOT EXISTS ({values})"
        else:
            events = f"SELECT event FROM facets WHERE facet = {number}"
            found, missing = f"e.n IN ({events} AND name IN ({marks}))", f"e.n NOT IN ({events})"
        return (f"{found} OR {missing}" if NONE in typed else found), [*names]

    def _names(self, facet: str, typed: Sequence[str]) -> list[int]:
        return [name for value in typed if value != NONE for name in self.match_names(self.schema.facets[facet], value)]

    def match_names(self, facet: Facet, typed: str) -> list[int]:
        """Return the numbers of the names that ``typed`` stands for.

        These are names or other names that are the same, else those that have all its words. Raise UsageError with
        similar names if there are none.
        """
        typed = typed.encode(errors="replace").decode()  # surrogates
        wanted = text.key(typed)
        if not wanted:  # a name of symbols only, such as ★
            sql = "SELECT n FROM names WHERE section = ? AND name = ?"
            found = self._numbers(sql, facet.section, text.composed(typed))
        else:
            found = self._numbers("SELECT name FROM aliases WHERE section = ? AND alias = ?", facet.section, wanted)
            if not found and len(wanted) <= LONGEST_NAME:
                words = wanted.split()
                sql = f"SELECT DISTINCT name FROM aliases WHERE section = ? AND {_USED}"
                sql += " AND ' ' || alias LIKE ?" * len(words)
                likes = (f"% {word}%" for word in words)
                found = self._numbers(sql, facet.section, self.schema.facet_numbers[facet.name], *likes)
        if not found:
            raise self._unknown(facet, typed)
        return found

    def _numbers(self, sql: str, *values: Any) -> list[int]:
        return [number for (number,) in self.connection.execute(sql, values)]

    def _unknown(self, facet: Facet, typed: str) -> UsageError:
        sql = "SELECT a.alias, n.name FROM aliases a JOIN names n ON n.n = a.name"
        sql += f" WHERE a.section = ? AND a.{_USED} ORDER BY a.alias, n.name"
        names = dict(self.connection.execute(sql, (facet.section, self.schema.facet_numbers[facet.name])).fetchall())
        near = list(dict.fromkeys(names[alias] for alias in similar(text.key(typed), list(names))))[:3]
        hint = f"did you mean {', '.join(near)}?" if near else f"'archive count --by {facet.name}' lists them all"
        return UsageError(f"no event has the {facet.name} '{typed[:60]}'", hint)


_USED = "name IN (SELECT name FROM facets WHERE facet = ?)"


def _of_other_dates(condition: Condition) -> Condition:
    """Return a condition on the dates of events as one on the other dates that they speak of."""
    where, values = condition
    return f"e.n IN (SELECT event FROM moments e WHERE {where})", values


def _during(period: Period) -> Condition:
    return ALL if period == EVER else ("e.first <= ? AND e.last >= ?", [period.last, period.first])


def _annually(month: int, day: int) -> Condition:
    """The event covers the month (or the day of the month) in some year: compared as numbers MMDD, years apart 1200."""
    wanted = month * 100 + day
    part = "CAST(substr({0}, 6, 2) AS INTEGER) * 100" + (" + CAST(substr({0}, 9, 2) AS INTEGER)" if day else "")
    years = "1200 * (CAST(substr(e.last, 1, 4) AS INTEGER) - CAST(substr(e.first, 1, 4) AS INTEGER))"
    begin, end = part.format("e.first"), f"({part.format('e.last')} + {years})"
    return f"({begin} <= ? AND ? <= {end}) OR ? <= {end}", [wanted, wanted, wanted + 1200]
