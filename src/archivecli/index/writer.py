"""Write the index of a catalogue: build it, or update a copy of it by removing and adding events.

An updated index gives the same answers as a rebuilt one; only the numbers of events and names differ.
"""

import json
import os
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, repeat
from typing import Any

from archivecli import text
from archivecli.catalogue.loader import Catalogue
from archivecli.dates import periods_between
from archivecli.events import Synonyms, Term
from archivecli.index.reader import COLUMNS as EVENT_COLUMNS
from archivecli.index.reader import event_of
from archivecli.index.rows import EventRows, RowBuilder
from archivecli.index.schema import INDEXES, TABLES, VERSION, Progress, full_text_table
from archivecli.query.criteria import PERIODS
from archivecli.query.results import Count as Tally

Named = tuple[str, str, int]
"""A section of the vocabulary, a text, and the number of the name that it stands for."""


class StaleIndex(Exception):
    """The index cannot be updated and has to be built anew."""


MAX_WAITING = 1_000_000
"""How many values of facets wait for being stored: 4 MB and a little."""

MAX_WORDS = 60_000
"""How many different words wait for being stored."""

ADD_WORDS = "INSERT INTO words VALUES (?,?) ON CONFLICT (word) DO UPDATE SET number = number + excluded.number"

HASH_SIZE = 16_000_000
"""How many bytes of new words FTS5 gathers before it writes them: sixteen times its default."""

AT_ONCE = 500
"""How many events are removed in one go."""


def build(connection: sqlite3.Connection, catalogue: Catalogue, progress: Progress | None = None) -> None:
    """Fill an empty database with a catalogue; raise CatalogueError with all its problems."""
    connection.executescript(TABLES)
    connection.execute(full_text_table(catalogue.schema.columns))
    connection.execute("BEGIN")
    Writer(connection, catalogue).build(progress)
    connection.execute("COMMIT")


def update(
    connection: sqlite3.Connection, catalogue: Catalogue, gone: Sequence[int], progress: Progress | None = None
) -> None:
    """Remove the events that are ``gone`` from an index and add those of the catalogue; raise StaleIndex if that fails."""
    connection.execute("BEGIN")
    Writer(connection, catalogue).update(gone, progress)
    connection.execute("COMMIT")


class Writer:
    """Fills the tables of an index."""

    def __init__(self, connection: sqlite3.Connection, catalogue: Catalogue) -> None:
        self.connection = connection
        self.catalogue = catalogue
        self.schema = catalogue.schema
        self.sections = [facet.section for facet in self.schema.facets.values()]
        self.columns = ", ".join(self.schema.columns)
        self.marks = ",".join("?" * (len(self.schema.columns) + 1))  # for a number and the search columns
        self.rows = RowBuilder(self.schema, catalogue.vocabulary)
        self.names: dict[tuple[str, str], int] = {}
        self.files: dict[str, int] = {}
        self.words: Counter[str] = Counter()
        self.facets: dict[tuple[int, int], array[int]] = {}
        self.waiting = 0

    def build(self, progress: Progress | None) -> None:
        """Fill empty tables."""
        self._add_files()
        self._add_events(0, progress)
        self.catalogue.check_references()
        self.catalogue.raise_problems()
        self._add_vocabulary()
        self._add_thesaurus()
        for statement in INDEXES:
            self.connection.execute(statement)
        self._add_tallies()
        self._add_meta()

    def update(self, gone: Sequence[int], progress: Progress | None) -> None:
        """Remove the events that are ``gone`` and add those of the catalogue."""
        execute = self.connection.execute
        self.files = {os.fsdecode(path): n for path, n in execute("SELECT path, n FROM files")}
        self.names = {(section, name): n for n, section, name in execute("SELECT n, section, name FROM names")}
        known = set(self.names)
        (last,) = execute("SELECT max(n) FROM events").fetchone()
        self._remove_files()
        self._add_files()
        for at in range(0, len(gone), AT_ONCE):
            self._remove(gone[at : at + AT_ONCE])
        try:
            self._add_events(last or 0, progress)
        except sqlite3.IntegrityError as error:  # two events share an id
            raise StaleIndex from error
        if self.catalogue.problems or self._mentions_unknown():
            raise StaleIndex
        self._add_names({name: n for name, n in self.names.items() if name not in known})
        self._remove_names()
        execute("DELETE FROM words WHERE number <= 0")
        execute("DELETE FROM tallies")
        execute("DELETE FROM meta")
        self._add_tallies()
        self._add_meta()

    def _remove_files(self) -> None:
        left = {os.path.abspath(path) for path, _ in self.catalogue.heads}
        for path in [path for path in self.files if path not in left]:
            self.connection.execute("DELETE FROM files WHERE n = ?", (self.files.pop(path),))

    def _add_files(self) -> None:
        """Store the head of each file."""
        for path, head in self.catalogue.heads:
            place = os.path.abspath(path)
            if place not in self.files:
                self.files[place] = max(self.files.values(), default=0) + 1
                self.connection.execute(
                    "INSERT INTO files VALUES (?,?,?)", (self.files[place], os.fsencode(place), head)
                )

    def _add_events(self, number: int, progress: Progress | None) -> None:
        """Store the events of the catalogue, numbered from ``number`` + 1."""
        added = 0
        self._gather_words(HASH_SIZE)
        for batch in self.catalogue.batches(self.rows):
            self._add(number + added, batch.prepared)
            if batch.digests and not batch.problems:
                file = self.files[os.path.abspath(batch.path)]
                items = ((n, file, digest) for n, digest in enumerate(batch.digests, number + added + 1))
                self.connection.executemany("INSERT INTO items VALUES (?,?,?)", items)
            added += batch.number
            if progress:
                progress(added)
        self._gather_words(1024 * 1024)
        self._store_facets()
        self._store_words()

    def _gather_words(self, size: int) -> None:
        """Tell FTS5 how many bytes of new words to gather; https://sqlite.org/fts5.html is silent on this option."""
        self.connection.execute("INSERT INTO fts (fts, rank) VALUES ('hashsize', ?)", [size])

    def _add(self, before: int, rows: EventRows) -> None:
        """Store events, numbered from ``before`` + 1."""
        execute = self.connection.executemany
        execute(f"INSERT INTO events VALUES ({','.join('?' * 13)})", self._numbered(before, rows.events))
        execute(
            f"INSERT INTO fts (rowid, {self.columns}) VALUES ({self.marks})",
            self._numbered(before, (lines.split("\n") for lines in rows.columns)),
        )
        execute("INSERT INTO lengths VALUES (?,?)", enumerate(rows.lengths, before + 1))
        self.words.update(rows.words)
        if len(self.words) > MAX_WORDS:
            self._store_words()
        self._add_facets(before, rows.facets)
        moments = [(number, *days) for number, several in enumerate(rows.moments, before + 1) for days in several]
        execute("INSERT OR IGNORE INTO moments VALUES (?,?,?)", moments)
        mentions = [(name, number) for number, names in enumerate(rows.related, before + 1) for name in names]
        execute("INSERT OR IGNORE INTO mentions VALUES (?,?)", mentions)

    def _remove(self, numbers: Sequence[int]) -> None:
        """Remove some events from every table, by what their records had put there."""
        sql = f"SELECT e.n, {EVENT_COLUMNS} FROM events e WHERE e.n IN (SELECT value FROM json_each(?)) ORDER BY e.n"
        stored = self.connection.execute(sql, (json.dumps(numbers),)).fetchall()
        found = [row[0] for row in stored]
        rows = self.rows([event_of(row[1:]) for row in stored])
        self.words.subtract(rows.words)
        execute = self.connection.executemany
        columns = ((number, *lines.split("\n")) for number, lines in zip(found, rows.columns, strict=True))
        execute(f"INSERT INTO fts (fts, rowid, {self.columns}) VALUES ('delete', {self.marks})", columns)
        facets = (
            (place, self.names[self.sections[place], value], found[event])
            for (place, value), events in rows.facets.items()
            for event in events
        )
        execute("DELETE FROM facets WHERE facet = ? AND name = ? AND event = ?", facets)
        mentions = [(name, number) for number, names in zip(found, rows.related, strict=True) for name in names]
        execute("DELETE FROM mentions WHERE id = ? AND event = ?", mentions)
        for table, key in (("events", "n"), ("lengths", "n"), ("items", "n"), ("moments", "event")):
            execute(f"DELETE FROM {table} WHERE {key} = ?", ((number,) for number in found))

    def _add_facets(self, before: int, facets: dict[tuple[int, str], list[int]]) -> None:
        """Gather the events of each value of a facet, to be stored in order: that is faster."""
        for (place, value), numbers in facets.items():
            key = (place, self._name(self.sections[place], value))
            if key not in self.facets:
                self.facets[key] = array("I")
            self.facets[key].extend([before + 1 + number for number in numbers])
            self.waiting += len(numbers)
        if self.waiting > MAX_WAITING:
            self._store_facets()

    def _store_words(self) -> None:
        """Add to the number of occurrences of each word."""
        self.connection.executemany(ADD_WORDS, sorted(self.words.items()))
        self.words.clear()

    def _store_facets(self) -> None:
        for (place, name), numbers in sorted(self.facets.items()):
            rows = zip(repeat(place), repeat(name), numbers)
            self.connection.executemany("INSERT INTO facets VALUES (?,?,?)", rows)
        self.facets.clear()
        self.waiting = 0

    @staticmethod
    def _numbered(before: int, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        return ((number, *row) for number, row in enumerate(rows, before + 1))

    def _mentions_unknown(self) -> bool:
        sql = "SELECT 1 FROM mentions m WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.id = m.id) LIMIT 1"
        return self.connection.execute(sql).fetchone() is not None

    def _name(self, section: str, name: str) -> int:
        return self.names.setdefault((section, name), len(self.names) + 1)

    def _add_vocabulary(self) -> None:
        sections = self.catalogue.vocabulary.sections
        keyed = [
            (section, key, self._name(section, text.composed(term.name)))
            for section, terms in sections.items()
            for key, term in terms.items()
        ]
        self._add_names(self.names, keyed)

    def _remove_names(self) -> None:
        """Remove the names that no event has any more and the vocabulary does not list."""
        sections = self.catalogue.vocabulary.sections
        listed = {(section, text.composed(term.name)) for section in sections for term in sections[section].values()}
        sql = "SELECT n, section, name FROM names WHERE n NOT IN (SELECT name FROM facets)"
        unused = [(n,) for n, section, name in self.connection.execute(sql) if (section, name) not in listed]
        self.connection.executemany("DELETE FROM names WHERE n = ?", unused)
        if unused:
            self.connection.execute("DELETE FROM aliases WHERE name NOT IN (SELECT n FROM names)")

    def _add_names(self, names: Mapping[tuple[str, str], int], keyed: Sequence[Named] = ()) -> None:
        """Store names with all that is said of them, and by what they are found."""
        rows: list[tuple[Any, ...]] = []
        named: list[Named] = []
        encode = json.JSONEncoder(ensure_ascii=False).encode
        for (section, name), number in names.items():
            term = self.catalogue.vocabulary.term(section, name) or Term(name)
            rows.append((number, section, name, term.short, encode(term) if term != Term(name) else None))
            named += [(section, alias, number) for alias in term.names()]
        self.connection.executemany("INSERT INTO names VALUES (?,?,?,?,?)", rows)
        self.connection.executemany("INSERT INTO aliases VALUES (?,?,?)", sorted(aliases_of(named, keyed)))

    def _add_thesaurus(self) -> None:
        rows = [row for item in (*self.catalogue.thesaurus, *self._vocabulary_words()) for row in _told_apart(item)]
        typed = (f"¶ {words} ¶".replace("\n", " ¶ ") for words in text.words_all([row.typed for row in rows]))
        self.connection.executemany("INSERT INTO thesaurus (rowid, typed) VALUES (?,?)", enumerate(typed, 1))
        self.connection.executemany("INSERT INTO synonyms VALUES (?,?)", enumerate((row.means for row in rows), 1))

    def _vocabulary_words(self) -> Iterator[Synonyms]:
        """Yield the search words of the vocabulary's terms: each finds the name of its term."""
        for terms in self.catalogue.vocabulary.sections.values():
            for term in terms.values():
                if term.words:
                    yield Synonyms("\n".join(term.words), term.name)

    def _add_tallies(self) -> None:
        """Keep how many events there are of each value of each field."""
        tallies = {**self._count_periods(), **self._count_facets()}
        rows = ((field, place, *tally) for field, found in tallies.items() for place, tally in enumerate(found))
        self.connection.executemany("INSERT INTO tallies VALUES (?,?,?,?,?)", rows)

    def _count_periods(self) -> dict[str, list[Tally]]:
        sql = "SELECT substr(first, 1, 7), substr(last, 1, 7), count(*) FROM events GROUP BY 1, 2"
        counts: dict[str, dict[str, int]] = {by: {} for by in PERIODS}
        for first, last, number in self.connection.execute(sql):
            for by, found in counts.items():
                length = 4 if by == "year" else 7
                for label in dict.fromkeys(periods_between(by, first[:length], last[:length])):
                    found[label] = found.get(label, 0) + number
        return {by: [Tally(label, label, found[label]) for label in sorted(found)] for by, found in counts.items()}

    def _count_facets(self) -> dict[str, list[Tally]]:
        execute = self.connection.execute
        counted = "SELECT facet, name, count(*) AS c FROM facets GROUP BY facet, name"
        sql = f"SELECT facet, n.name, short, c FROM ({counted}) f JOIN names n ON n.n = f.name ORDER BY c DESC, n.name"
        found: list[list[Tally]] = [[] for _ in self.schema.facets]
        for facet, *tally in execute(sql):
            found[facet].append(Tally(*tally))
        (events,) = execute("SELECT count(*) FROM events").fetchone()
        having = dict(execute("SELECT facet, count(DISTINCT event) FROM facets GROUP BY facet").fetchall())
        for number, tallies in enumerate(found):
            if without := events - having.get(number, 0):
                tallies.append(Tally("", "", without))
        return dict(zip(self.schema.facets, found, strict=True))

    def _add_meta(self) -> None:
        execute = self.connection.execute
        sql = "SELECT count(*), min(first), max(last), max(julianday(last) - julianday(first)) FROM events"
        events, first, last, longest = execute(sql).fetchone()
        (tokens,) = execute("SELECT coalesce(sum(tokens), 0) FROM lengths").fetchone()
        values = {"version": VERSION, "events": events, "tokens": tokens, "about": self.catalogue.about}
        values["schema"] = self.schema.to_plain()
        if events:
            values |= {"first": first, "last": last, "longest": int(longest)}  # the longest event, in days
        rows = [(key, json.dumps(value, ensure_ascii=False)) for key, value in values.items()]
        self.connection.executemany("INSERT INTO meta VALUES (?,?)", rows)


def aliases_of(named: Sequence[Named], keyed: Sequence[Named] = ()) -> set[Named]:
    """Return under which folded words a name is found: those of each of its names, in two ways, and those of its key."""
    texts = [name for _, name, _ in named]
    folded = [*text.keys(texts), *(" ".join(words.split()) for words in text.words_all(texts))]
    found = {
        (section, words, number) for (section, _, number), words in zip([*named, *named], folded, strict=True) if words
    }
    keys = text.keys([key for _, key, _ in keyed])
    return found | {(section, key, number) for (section, _, number), key in zip(keyed, keys, strict=True)}


def _told_apart(synonyms: Synonyms) -> Iterator[Synonyms]:
    """Yield what may be typed with what it means beside itself: those together that mean the same."""
    typed, several = synonyms.typed.split("\n"), synonyms.means.split("\n")
    if set(several).isdisjoint(typed):
        yield synonyms
        return

    def beside(word: str) -> list[str]:
        return [other for other in several if other != word]

    for others, words in groupby(typed, beside):
        if others:
            yield Synonyms("\n".join(words), "\n".join(others))
