"""An index and a catalogue that has changed since → what differs, and a copy of the index in which only that is made anew.

The law: an index that was renewed answers as one made from nothing does; only the numbers of events and names are others,
and no answer depends on those. What an event had put into the tables is worked out again from its record, as it was when
it was stored, and taken out. Where that is in doubt, and where what stands beside the events has changed (all depend on
the vocabulary), nothing is renewed: StartAgain is raised, and the whole catalogue is compiled.
"""

import contextlib
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from archivecli.dates import periods_between
from archivecli.errors import StartAgain
from archivecli.events import Term
from archivecli.index.build import ADD_WORDS, Builder, aliases_of
from archivecli.index.contents import Changed, Opener
from archivecli.index.prepare import Prepared, Preparer
from archivecli.index.reader import COLUMNS as EVENT_COLUMNS
from archivecli.index.reader import Index, Tally, event_of
from archivecli.index.schema import COLUMNS, Progress
from archivecli.query.facets import BY_NAME, FACETS, PERIODS
from archivecli.sources import Item, Known, Source

MOST = 0.25
"""The share of events, gone and new ones together, from which making everything anew takes less time."""

AT_ONCE = 500
"""How many events are taken out in one go."""


class Difference(NamedTuple):
    """A catalogue of which only the new events are left to read, and the numbers of the events that are gone."""

    catalogue: Changed
    gone: list[int]
    new: int


def compare(index: Path, path: Path, opener: Opener, found: list[Source], same: Mapping[str, str]) -> Difference:
    """Compare the catalogue at ``path`` with the index that was made of it; the index is only read.

    ``same`` are the files that are as they were then, each with the hash of its content. Raise StartAgain where the index
    is better made anew.
    """
    uri = f"{index.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("CREATE TEMP TABLE scanned (place INTEGER PRIMARY KEY, file, indent, begin, stop, digest)")
        connection.execute("BEGIN")
        comparison = _Comparison(connection, found)
        known = comparison.known(same)
        if not comparison.heads:
            raise StartAgain
        catalogue = opener.changed(path, found, known, comparison.note)
        if not comparison.same_heads(catalogue.heads):
            raise StartAgain
        gone, new = comparison.differing(known)
    catalogue.choose(new)
    return Difference(catalogue, gone, len(new))


def renew(connection: sqlite3.Connection, difference: Difference, progress: Progress | None = None) -> None:
    """Bring a copy of the index that was compared up to date; raise StartAgain, or SQLite's error, where that fails."""
    connection.execute("BEGIN")
    _Renewal(connection, difference.catalogue).renew(difference.gone, progress)
    connection.execute("COMMIT")


class _Comparison:
    def __init__(self, connection: sqlite3.Connection, found: Sequence[Source]) -> None:
        self.connection = connection
        self.places = {source.path: os.path.abspath(source.path) for source in found}
        rows = connection.execute("SELECT path, n, head FROM files").fetchall()
        self.numbers: dict[str, int] = {os.fsdecode(path): number for path, number, _ in rows}
        self.heads: dict[str, bytes] = {os.fsdecode(path): head for path, _, head in rows}

    def known(self, same: Mapping[str, str]) -> dict[str, Known]:
        """Return, by the path by which they were found, the files that need not be read again."""
        return {
            path: Known(same[place], self.heads[place])
            for path, place in self.places.items()
            if place in same and place in self.heads
        }

    def note(self, path: str, indent: int, events: Iterable[tuple[int, int, bytes]]) -> None:
        """Keep where events stand."""
        file = self.numbers.setdefault(self.places[path], -len(self.numbers))
        sql = f"INSERT INTO scanned (file, indent, begin, stop, digest) VALUES ({file}, {indent}, ?, ?, ?)"
        self.connection.executemany(sql, events)

    def same_heads(self, heads: Iterable[tuple[str, bytes]]) -> bool:
        """Tell whether nothing beside the events has changed."""
        return sorted((self.places[path], head) for path, head in heads if head) == sorted(
            (place, head) for place, head in self.heads.items() if head
        )

    def differing(self, known: Iterable[str]) -> tuple[list[int], list[Item]]:
        """Return the numbers of the events that are gone, and where new ones stand, in the order of the files."""
        size = Index(self.connection).size
        gone: list[int] = []
        new: list[int] = []
        kept = ",".join(str(self.numbers[self.places[path]]) for path in known)
        for place, several, numbers in self.connection.execute(_DIFFERING.format(kept)):
            if several > 1 or len(gone) + len(new) > MOST * size:
                raise StartAgain
            if several:
                new.append(place)
            else:
                gone += map(int, numbers.split(","))
        paths = {self.numbers[place]: path for path, place in self.places.items() if place in self.numbers}
        sql = "SELECT file, indent, begin, stop FROM scanned WHERE place IN (SELECT value FROM json_each(?)) ORDER BY place"
        rows = self.connection.execute(sql, (json.dumps(new),))
        return gone, [Item(paths[file], *place) for file, *place in rows]


_DIFFERING = """
SELECT max(place), count(place), group_concat(n) FROM (
    SELECT file, digest, place, NULL AS n FROM scanned
    UNION ALL SELECT file, digest, NULL, n FROM items WHERE file NOT IN ({})
) GROUP BY file, digest HAVING count(place) <> 1 OR count(n) = 0
"""


class _Renewal(Builder):
    """Takes events out of a copy of an index and puts others in."""

    def __init__(self, connection: sqlite3.Connection, catalogue: Changed) -> None:
        super().__init__(connection, catalogue)
        self.prepare = Preparer(catalogue.vocabulary)
        self.listed = {
            (section, term.name) for section, terms in catalogue.vocabulary.sections.items() for term in terms.values()
        }
        self.files = {os.fsdecode(path): n for path, n in connection.execute("SELECT path, n FROM files")}
        self.meta = dict(Index(connection).meta)
        self.tokens = self.meta["tokens"]
        self.missed: set[str] = set()
        self.unused: set[tuple[str, str]] = set()
        self.counts: dict[str, Counter[str]] = {field: Counter() for field in (*PERIODS, *BY_NAME)}

    def renew(self, gone: Sequence[int], progress: Progress | None) -> None:
        """Take out the events that are ``gone`` and put in those that the catalogue still has to read."""
        (last,) = self.connection.execute("SELECT max(n) FROM events").fetchone()
        self._renew_files()
        for at in range(0, len(gone), AT_ONCE):
            self._remove(gone[at : at + AT_ONCE])
        try:
            added = self._add_events(last or 0, self.prepare, progress) - (last or 0)
        except sqlite3.IntegrityError as error:  # two events share an id
            raise StartAgain from error
        self._check_mentions()
        self._remove_names()
        self._store_words()
        self._renew_tallies()
        self._renew_meta(self.meta["events"] - len(gone) + added)

    def _renew_files(self) -> None:
        left = {os.path.abspath(path) for path, _ in self.catalogue.heads}
        for path in [path for path in self.files if path not in left]:
            self.connection.execute("DELETE FROM files WHERE n = ?", (self.files.pop(path),))
        self._add_files()

    # Taking out

    def _remove(self, numbers: Sequence[int]) -> None:
        """Take some events out of every table, by what their records had put there."""
        sql = f"SELECT e.n, {EVENT_COLUMNS} FROM events e WHERE e.n IN (SELECT value FROM json_each(?)) ORDER BY e.n"
        rows = self.connection.execute(sql, (json.dumps(numbers),)).fetchall()
        if len(rows) != len(numbers):
            raise StartAgain
        found = [row[0] for row in rows]
        prepared = self.prepare(event_of(row[1:]) for row in rows)
        self.words.subtract(self.prepare.rest().words)
        execute = self.connection.executemany
        columns = ((number, *lines.split("\n")) for number, lines in zip(found, prepared.columns, strict=True))
        execute(f"INSERT INTO fts (fts, rowid, {', '.join(COLUMNS)}) VALUES ('delete', {_marks(COLUMNS)})", columns)
        facets = (
            (place, self._name(FACETS[place].section, value), found[event])
            for (place, value), events in prepared.facets.items()
            for event in events
        )
        execute("DELETE FROM facets WHERE facet = ? AND name = ? AND event = ?", facets)
        mentions = [(name, number) for number, names in zip(found, prepared.related, strict=True) for name in names]
        execute("DELETE FROM mentions WHERE id = ? AND event = ?", mentions)
        for table, key in (("events", "n"), ("lengths", "n"), ("items", "n"), ("moments", "event")):
            execute(f"DELETE FROM {table} WHERE {key} = ?", ((number,) for number in found))
        self._take_off(prepared)

    def _take_off(self, prepared: Prepared) -> None:
        self.tokens -= sum(prepared.lengths)
        self.missed.update(row[0] for row in prepared.events)
        self.unused.update((FACETS[place].section, value) for place, value in prepared.facets)
        self._count(prepared, -1)

    # Putting in

    def _add(self, before: int, prepared: Prepared) -> None:
        super()._add(before, prepared)
        self.missed.update(name for names in prepared.related for name in names)
        self._count(prepared, 1)

    def _name(self, section: str, name: str) -> int:
        number = self.names.get((section, name))
        if number is None:
            sql = "SELECT n FROM names WHERE section = ? AND name = ?"
            row = self.connection.execute(sql, (section, name)).fetchone()
            number = row[0] if row else self._new_name(section, name)
            self.names[section, name] = number
        return number

    def _new_name(self, section: str, name: str) -> int:
        (last,) = self.connection.execute("SELECT max(n) FROM names").fetchone()
        number = int(last or 0) + 1
        self._add_names({(section, name): number})
        return number

    def _count(self, prepared: Prepared, sign: int) -> None:
        """Count events, or count them off, by each field."""
        for row in prepared.events:
            for by in PERIODS:
                self.counts[by].update(dict.fromkeys(periods_between(by, row[1], row[2]), sign))
        without = [set(range(len(prepared.events))) for _ in FACETS]
        for (place, value), events in prepared.facets.items():
            self.counts[FACETS[place].name][value] += sign * len(events)
            without[place].difference_update(events)
        for facet, events_without in zip(FACETS, without, strict=True):
            self.counts[facet.name][""] += sign * len(events_without)

    # What is known of all events together

    def _check_mentions(self) -> None:
        """Raise StartAgain where an event names one that is not there: it is gone, or never was."""
        sql = "SELECT 1 FROM mentions WHERE id = ? AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = mentions.id) LIMIT 1"
        for name in self.missed:
            if self.connection.execute(sql, (name,)).fetchone():
                raise StartAgain

    def _remove_names(self) -> None:
        """Take out the names that no event has any more and the vocabulary does not list."""
        for section, name in self.unused - self.listed:
            number = self.names[section, name]
            facets = ",".join(str(place) for place, facet in enumerate(FACETS) if facet.section == section)
            sql = f"SELECT 1 FROM facets WHERE facet IN ({facets}) AND name = ? LIMIT 1"
            if not self.connection.execute(sql, (number,)).fetchone():
                self.connection.execute("DELETE FROM names WHERE n = ?", (number,))
                sql = "DELETE FROM aliases WHERE section = ? AND alias = ? AND name = ?"
                self.connection.executemany(sql, aliases_of([(section, name, number)]))

    def _store_words(self) -> None:
        """Count the words that came and went; one that stands nowhere any more is gone."""
        changed = sorted((word, number) for word, number in self.words.items() if number)
        self.words.clear()
        self.connection.executemany(ADD_WORDS, changed)
        for word, number in changed:
            if number < 0:
                sql = "SELECT number FROM words WHERE word = ?"
                (left,) = self.connection.execute(sql, (word,)).fetchone()
                if left < 0:
                    raise StartAgain
                if not left:
                    self.connection.execute("DELETE FROM words WHERE word = ?", (word,))

    def _renew_tallies(self) -> None:
        index = Index(self.connection)
        for field, counts in self.counts.items():
            if any(counts.values()):
                rows = self._tallied(field, index.tallies(field), counts)
                self.connection.execute("DELETE FROM tallies WHERE field = ?", (field,))
                stored = ((field, place, *tally) for place, tally in enumerate(rows))
                self.connection.executemany("INSERT INTO tallies VALUES (?,?,?,?,?)", stored)

    def _tallied(self, field: str, before: Sequence[Tally], counts: Counter[str]) -> list[Tally]:
        """Return the numbers of events by a field, with what came and went, in the order in which they are kept."""
        counts.update({tally.name: tally.number for tally in before})
        if min(counts.values()) < 0:
            raise StartAgain
        if field in PERIODS:
            return [Tally(label, label, number) for label, number in sorted(counts.items()) if number]
        shorts = {tally.name: tally.short for tally in before} | {"": ""}
        term = partial(self.catalogue.vocabulary.term, BY_NAME[field].section)
        found = [
            Tally(name, shorts[name] if name in shorts else (term(name) or Term(name)).short, number)
            for name, number in counts.items()
            if number
        ]
        return sorted(found, key=lambda tally: (not tally.name, -tally.number, tally.name))

    def _renew_meta(self, events: int) -> None:
        (number, first, last) = self.connection.execute("SELECT count(*), min(first), max(last) FROM events").fetchone()
        if number != events:
            raise StartAgain
        self.first, self.last = first, last
        self.connection.execute("DELETE FROM meta")
        self._add_meta(events)


def _marks(columns: Sequence[str]) -> str:
    """Return the marks of the parameters for a number and the columns."""
    return ",".join("?" * (len(columns) + 1))
