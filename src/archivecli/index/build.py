"""A catalogue → the tables of the index."""

import json
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

from archivecli import text
from archivecli.dates import EVER, period
from archivecli.errors import CatalogueError
from archivecli.events import Event, Synonyms, Term
from archivecli.fields import COLUMNS, RECORD, Shape
from archivecli.index.contents import Contents, Names
from archivecli.index.schema import INDEXES, TABLES, VERSION, Progress
from archivecli.query.facets import FACETS, facet_values


def build(connection: sqlite3.Connection, catalogue: Contents, progress: Progress | None = None) -> None:
    """Fill an empty database with a catalogue; raise CatalogueError with all its problems, leaving the rest undone."""
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
        self.expansions: dict[tuple[str, str], str] = {}
        self.first, self.last = EVER.last, EVER.first
        self.tokens = 0

    def run(self, progress: Progress | None) -> None:
        number = 0
        for number, event in enumerate(self.catalogue.events(), 1):
            self._add(number, event)
            if progress and number % 500 == 0:
                progress(number)
        self.words.discard("¶")
        self._add_vocabulary()
        self._add_thesaurus()
        self.connection.executemany("INSERT OR IGNORE INTO words VALUES (?)", ((word,) for word in sorted(self.words)))
        try:
            for statement in INDEXES:
                self.connection.execute(statement)
        except sqlite3.IntegrityError as error:  # the loader finds duplicate ids; this is the second lock on the door
            raise CatalogueError(self.catalogue.problems()) from error
        self._add_meta(number)

    def _add(self, number: int, event: Event) -> None:
        first, last = event.period
        self.first, self.last = min(self.first, first), max(self.last, last)
        record = json.dumps(event.record, ensure_ascii=False, separators=(",", ":"))
        row = (number, event.id, first, last, event.start, event.end, event.title, event.kind, event.place, record)
        self.connection.execute("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?)", row)
        columns = search_text(event, self.catalogue.vocabulary, self.expansions)
        tokens = " ".join(columns).split()
        self.words.update(tokens)
        self.tokens += len(tokens)
        self.connection.execute("INSERT INTO lengths VALUES (?,?)", (number, len(tokens)))
        moments = [(number, *period(item["start"], item.get("end"))) for item in event.record.get("dates", ())]
        self.connection.executemany("INSERT INTO moments VALUES (?,?,?)", moments)
        marks = ",".join("?" * (len(columns) + 1))
        self.connection.execute(f"INSERT INTO fts (rowid, {', '.join(COLUMNS)}) VALUES ({marks})", (number, *columns))
        rows = [
            (place, self._name(facet.section, value), number)
            for place, facet in enumerate(FACETS)
            for value in facet_values(event, facet)
        ]
        self.connection.executemany("INSERT OR IGNORE INTO facets VALUES (?,?,?)", rows)

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
        number = 0
        for synonyms in (*self.catalogue.thesaurus, *self._vocabulary_words()):
            for typed in synonyms.typed:
                words = " ".join(text.words(typed))
                means = [other for other in synonyms.means if other != typed]
                if not words or not means:
                    continue
                number += 1
                row = (number, len(words.split()), json.dumps(means, ensure_ascii=False))
                self.connection.execute("INSERT INTO synonyms VALUES (?,?,?)", row)
                self.connection.execute("INSERT INTO thesaurus (rowid, typed) VALUES (?,?)", (number, words))

    def _vocabulary_words(self) -> Iterator[Synonyms]:
        """Yield the search words of the vocabulary's terms: each finds the name of its term."""
        for terms in self.catalogue.vocabulary.sections.values():
            for term in terms.values():
                if term.words:
                    yield Synonyms(term.words, (term.name,))

    def _add_meta(self, events: int) -> None:
        values: dict[str, Any] = {
            "version": VERSION,
            "events": events,
            "tokens": self.tokens,
            "about": self.catalogue.about,
        }
        if events:
            values |= {"first": self.first, "last": self.last}
        rows = [(key, json.dumps(value, ensure_ascii=False)) for key, value in values.items()]
        self.connection.executemany("INSERT INTO meta VALUES (?,?)", rows)


_PARTS = re.compile(r"[\n|]")

_SPOKEN = {
    "organisers": "organised organiser",
    "hosts": "hosted host",
    "funders": "funded funder donor",
    "patrons": "patronage patron",
    "invited": "invited",
    "absent": "absent",
}
"""Words that a record says by the name of a field alone."""


def search_text(event: Event, vocabulary: Names, expansions: dict[tuple[str, str], str]) -> list[str]:
    """Return the text of each search column, folded; other names of what a record names stand in ``aliases``."""
    found: dict[str, list[str]] = {column: [] for column in COLUMNS}
    for field in RECORD:
        if not field.column or field.name not in event.record:
            continue
        plain = [_SPOKEN[field.name]] if field.name in _SPOKEN else []
        for piece, section in _leaves(event.record[field.name], field.shape):
            plain.append(piece)
            if section and (others := _other_names(section, piece, vocabulary, expansions)):
                found["aliases"].append(others)
        found[field.column].append(text.searchable("\n".join(plain)))
    found["aliases"] = list(dict.fromkeys(found["aliases"]))
    return [_BREAK.join(_words(pieces)) for pieces in (found[column] for column in COLUMNS)]


_BREAK = " ¶ "
"""Stands between the parts of a record, so that no phrase reaches across; never part of a query, which is all ASCII."""


def _words(pieces: list[str]) -> Iterator[str]:
    for piece in pieces:
        for part in _PARTS.split(piece):
            words = " ".join(text.WORD.findall(part))
            if words:
                yield words


def _leaves(value: Any, shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield each text below ``value`` with the section of the vocabulary that explains it, if one does."""
    if shape.kind == "list":
        assert shape.item is not None
        for item in value:
            yield from _leaves(item, shape.item)
    elif shape.kind == "map":
        for field in shape.fields:
            if field.name in value:
                yield from _leaves(value[field.name], field.shape)
    elif shape.kind == "ref":
        yield value, shape.section
    elif shape.kind not in ("flag", "url"):
        yield str(value), ""


def _other_names(section: str, name: str, vocabulary: Names, expansions: dict[tuple[str, str], str]) -> str:
    found = expansions.get((section, name))
    if found is None:
        term = vocabulary.term(section, name)
        found = text.searchable("\n".join(term.names()[1:])) if term else ""
        expansions[section, name] = found
    return found
