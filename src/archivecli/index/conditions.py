"""Turn criteria without words into SQL conditions on ``events e``, and names as typed into names as stored."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from archivecli import text
from archivecli.dates import EVER, add_days
from archivecli.errors import UsageError, similar
from archivecli.query.criteria import NONE, Among, And, Annually, During, HasValue, Node, Not, Or
from archivecli.schema import Facet, Schema

Condition: TypeAlias = tuple[str, list[Any]]
"""An SQL condition and its parameters."""

ALL: Condition = ("1", [])

MAX_PARTS = 5000  # SQLite limits the number of parameters
MAX_PATTERN = 1000  # characters; SQLite limits the length of a LIKE pattern


def listed(numbers: Iterable[int]) -> Condition:
    """Return the condition for the events with these numbers."""
    return "e.n IN (SELECT value FROM json_each(?))", [json.dumps(list(numbers))]


class Conditions:
    """Builds conditions for one index; ``longest`` is the number of days between the ends of its longest event."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, longest: int) -> None:
        self.connection = connection
        self.schema = schema
        self.longest = longest

    def condition(self, node: Node, per_row: bool = False) -> Condition:
        """Return the condition for criteria without words; ``per_row`` looks up the facets of one event at a time."""
        match node:
            case And(parts):
                return self._join(" AND ", parts, "1", per_row)
            case Or(parts):
                return self._join(" OR ", parts, "0", per_row)
            case Not(part):
                where, values = self.condition(part, per_row)
                return f"NOT ({where})", values
            case During(period, other=other):
                found: Condition = "e.first <= ? AND e.last >= ?", [period.last, period.first]
                if period == EVER:
                    found = ALL
                elif not other:  # a range of the index on dates: no event lasts longer
                    found = f"{found[0]} AND e.first >= ?", [*found[1], self.earliest_start(period.first)]
                return _in_other_dates(found) if other else found
            case Annually(month, day, other=other):
                return _in_other_dates(_annually(month, day)) if other else _annually(month, day)
            case HasValue(facet, typed):
                return self._has_value(facet, typed, per_row)
            case Among(ids):
                return "e.n IN (SELECT n FROM events WHERE id IN (SELECT value FROM json_each(?)))", [json.dumps(ids)]
        raise ValueError("criteria with words have no condition")

    def having(self, facet: str, typed: Sequence[str]) -> Condition:
        """Return the SQL query for the numbers of the events that have one of the values, each once."""
        names = self._names(facet, typed)
        once = "DISTINCT " if len(names) > 1 else ""
        marks = ",".join("?" * len(names))
        number = self.schema.facet_numbers[facet]
        return f"SELECT {once}event FROM facets WHERE facet = {number} AND name IN ({marks})", [*names]

    def earliest_start(self, day: str) -> str:
        """Return the earliest day on which an event that includes ``day`` can begin."""
        return add_days(day, -self.longest)

    def _join(self, operator: str, parts: Iterable[Node], empty: str, per_row: bool) -> Condition:
        found = [self.condition(part, per_row) for part in parts]
        if len(found) > MAX_PARTS:
            raise UsageError(f"{len(found):,} alternatives are too many", f"at most {MAX_PARTS:,} are looked for")
        joined = [f"({where})" for where, _ in found]
        while len(joined) > 100:  # nested in groups of 100, as SQLite refuses expressions 1,000 levels deep
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
        """Return the numbers of the names equal to ``typed``, else of those that have all its words.

        Raise UsageError with similar names if there are none.
        """
        typed = typed.encode(errors="replace").decode()  # surrogates
        wanted = text.key(typed)
        if not wanted:  # a name of symbols only, such as ★
            sql = "SELECT n FROM names WHERE section = ? AND name = ?"
            found = self._numbers(sql, facet.section, text.composed(typed))
        else:
            found = self._numbers("SELECT name FROM aliases WHERE section = ? AND alias = ?", facet.section, wanted)
            if not found and len(wanted) <= MAX_PATTERN:
                words = wanted.split()
                sql = f"SELECT DISTINCT name FROM aliases WHERE section = ? AND {_USED}"
                sql += " AND ' ' || alias LIKE ?" * len(words)
                likes = (f"% {word}%" for word in words)
                found = self._numbers(sql, facet.section, self.schema.facet_numbers[facet.name], *likes)
        if found:
            return found
        sql = "SELECT a.alias, n.name FROM aliases a JOIN names n ON n.n = a.name"
        sql += f" WHERE a.section = ? AND a.{_USED} ORDER BY a.alias, n.name"
        names = dict(self.connection.execute(sql, (facet.section, self.schema.facet_numbers[facet.name])).fetchall())
        near = list(dict.fromkeys(names[alias] for alias in similar(text.key(typed), list(names))))[:3]
        hint = f"did you mean {', '.join(near)}?" if near else f"'archive count --by {facet.name}' lists them all"
        raise UsageError(f"no event has the {facet.name} '{typed[:60]}'", hint)

    def _numbers(self, sql: str, *values: Any) -> list[int]:
        return [number for (number,) in self.connection.execute(sql, values)]


_USED = "name IN (SELECT name FROM facets WHERE facet = ?)"


def _in_other_dates(condition: Condition) -> Condition:
    where, values = condition
    return f"e.n IN (SELECT event FROM other_dates e WHERE {where})", values


def _annually(month: int, day: int) -> Condition:
    # dates are compared as numbers MMDD, to which each year after the first adds 1200
    wanted = month * 100 + day
    part = "CAST(substr({0}, 6, 2) AS INTEGER) * 100" + (" + CAST(substr({0}, 9, 2) AS INTEGER)" if day else "")
    years = "1200 * (CAST(substr(e.last, 1, 4) AS INTEGER) - CAST(substr(e.first, 1, 4) AS INTEGER))"
    begin, end = part.format("e.first"), f"({part.format('e.last')} + {years})"
    return f"({begin} <= ? AND ? <= {end}) OR ? <= {end}", [wanted, wanted, wanted + 1200]
