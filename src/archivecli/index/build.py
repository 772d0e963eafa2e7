"""A catalogue → the tables of the index."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from archivecli import text
from archivecli.dates import EVER
from archivecli.errors import StartAgain
from archivecli.events import Synonyms, Term
from archivecli.fields import COLUMNS
from archivecli.index.contents import Contents
from archivecli.index.prepare import Prepared, Preparer
from archivecli.index.reader import Index
from archivecli.index.schema import INDEXES, TABLES, VERSION, Progress
from archivecli.query.facets import FACETS, PERIODS


def build(connection: sqlite3.Connection, catalogue: Contents, progress: Progress | None = None) -> None:
    """Fill an empty database with a catalogue; raise CatalogueError with all its problems, leaving the rest undone.

    Raise StartAgain where a hurried reading finds that the catalogue needs a careful one.
    """
    connection.executescript(TABLES)
    connection.execute("BEGIN")
    _Builder(connection, catalogue).run(progress)
    connection.execute("COMMIT")


class _Builder:
    def __init__(self, connection: sqlite3.Connection, catalogue: Contents) -> None:
        self.connection = connection
        self.catalogue = catalogue
        self.names: dict[tuple[str, str], int] = {}
        self.words: set[str] = set()
        self.first, self.last = EVER.last, EVER.first
        self.tokens = 0

    def run(self, progress: Progress | None) -> None:
        number = 0
        self.connection.execute("CREATE TEMP TABLE mentions (id TEXT)")
        for prepared in self.catalogue.prepared(Preparer(self.catalogue.vocabulary)):
            self._add(number, prepared)
            number += len(prepared.events)
            if progress:
                progress(number)
        self._add_vocabulary()
        self._add_thesaurus()
        self.connection.executemany("INSERT OR IGNORE INTO words VALUES (?)", ((word,) for word in sorted(self.words)))
        try:
            for statement in INDEXES:
                self.connection.execute(statement)
        except sqlite3.IntegrityError as error:  # two events share an id
            raise StartAgain from error
        if self._mentions_unknown():
            raise StartAgain
        self.connection.execute("DROP TABLE mentions")
        self._add_tallies()
        self._add_meta(number)

    def _add(self, before: int, prepared: Prepared) -> None:
        """Store events, numbered from ``before`` + 1."""
        execute = self.connection.executemany
        execute("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?)", self._numbered(before, prepared.events))
        marks = ",".join("?" * (len(COLUMNS) + 1))
        execute(
            f"INSERT INTO fts (rowid, {', '.join(COLUMNS)}) VALUES ({marks})", self._numbered(before, prepared.columns)
        )
        execute("INSERT INTO lengths VALUES (?,?)", enumerate(prepared.lengths, before + 1))
        self.tokens += sum(prepared.lengths)
        self.words.update(prepared.words)
        if prepared.events:
            self.first = min(self.first, min(row[1] for row in prepared.events))
            self.last = max(self.last, max(row[2] for row in prepared.events))
        facets = [
            (place, self._name(FACETS[place].section, value), number)
            for number, values in enumerate(prepared.facets, before + 1)
            for place, value in values
        ]
        execute("INSERT OR IGNORE INTO facets VALUES (?,?,?)", facets)
        moments = [(number, *days) for number, several in enumerate(prepared.moments, before + 1) for days in several]
        execute("INSERT INTO moments VALUES (?,?,?)", moments)
        execute("INSERT INTO mentions VALUES (?)", ((name,) for names in prepared.related for name in names))

    @staticmethod
    def _numbered(before: int, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        return ((number, *row) for number, row in enumerate(rows, before + 1))

    def _mentions_unknown(self) -> bool:
        sql = "SELECT 1 FROM mentions m WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.id = m.id) LIMIT 1"
        return self.connection.execute(sql).fetchone() is not None

    def _name(self, section: str, name: str) -> int:
        return self.names.setdefault((section, name), len(self.names) + 1)

    def _add_vocabulary(self) -> None:
        for section, terms in self.catalogue.vocabulary.sections.items():
            for term in terms.values():
                self._name(section, term.name)
        for (section, name), number in self.names.items():
            term = self.catalogue.vocabulary.term(section, name) or Term(name)
            stored = json.dumps(term._asdict(), ensure_ascii=False) if term != Term(name) else None
            self.connection.execute("INSERT INTO names VALUES (?,?,?,?,?)", (number, section, name, term.short, stored))
            aliases = {text.key(alias) for alias in term.names()} | {
                " ".join(text.words(alias)) for alias in term.names()
            }
            self.connection.executemany(
                "INSERT OR IGNORE INTO aliases VALUES (?,?,?)",
                [(section, alias, number) for alias in sorted(aliases - {""})],
            )
        for section, terms in self.catalogue.vocabulary.sections.items():
            for key, term in terms.items():
                row = (section, text.key(key), self.names[section, term.name])
                self.connection.execute("INSERT OR IGNORE INTO aliases VALUES (?,?,?)", row)

    def _add_thesaurus(self) -> None:
        rows = [
            (words, len(words.split()), means)
            for synonyms in (*self.catalogue.thesaurus, *self._vocabulary_words())
            for words, means in _typed(synonyms)
        ]
        stored = ((number, length, means) for number, (_, length, means) in enumerate(rows, 1))
        self.connection.executemany("INSERT INTO synonyms VALUES (?,?,?)", stored)
        found = ((number, words) for number, (words, _, _) in enumerate(rows, 1))
        self.connection.executemany("INSERT INTO thesaurus (rowid, typed) VALUES (?,?)", found)

    def _vocabulary_words(self) -> Iterator[Synonyms]:
        """Yield the search words of the vocabulary's terms: each finds the name of its term."""
        for terms in self.catalogue.vocabulary.sections.values():
            for term in terms.values():
                if term.words:
                    yield Synonyms(term.words, (term.name,))

    def _add_tallies(self) -> None:
        """Keep how many events there are of each value of each field."""
        index = Index(self.connection)
        for field in (*PERIODS, *(facet.name for facet in FACETS)):
            rows = ((field, place, *tally) for place, tally in enumerate(index.counted(field, ("1", []))))
            self.connection.executemany("INSERT INTO tallies VALUES (?,?,?,?,?)", rows)

    def _longest(self) -> int:
        """Return how many days lie between the first and the last day of the longest event."""
        sql = "SELECT max(julianday(last) - julianday(first)) FROM events"
        return int(self.connection.execute(sql).fetchone()[0])

    def _add_meta(self, events: int) -> None:
        values: dict[str, Any] = {
            "version": VERSION,
            "events": events,
            "tokens": self.tokens,
            "about": self.catalogue.about,
        }
        if events:
            values |= {"first": self.first, "last": self.last, "longest": self._longest()}
        rows = [(key, json.dumps(value, ensure_ascii=False)) for key, value in values.items()]
        self.connection.executemany("INSERT INTO meta VALUES (?,?)", rows)


def _typed(synonyms: Synonyms) -> Iterator[tuple[str, str]]:
    """Yield each expression that may be typed, folded, with a JSON list of what it means beside itself."""
    written = [json.dumps(other, ensure_ascii=False) for other in synonyms.means]
    for typed in synonyms.typed:
        words = " ".join(text.words(typed))
        means = [json_text for json_text, other in zip(written, synonyms.means, strict=True) if other != typed]
        if words and means:
            yield words, f"[{', '.join(means)}]"
