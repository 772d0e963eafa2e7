"""Events → the rows that the index keeps of them: all that can be worked out for one event by itself.

It needs no database, so that several processes can share the work.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from archivecli import text
from archivecli.dates import Period, period
from archivecli.events import Event, Record, values_at
from archivecli.fields import COLUMNS, RECORD, Shape
from archivecli.index.contents import Lookup
from archivecli.query.facets import FACETS

Row = tuple[Any, ...]


class Prepared(NamedTuple):
    """Events ready to be stored, part by part, and all their words.

    For each event: the row of ``events`` without its number, the text of each search column, the number of its words, its
    values of facets as (facet, value), its other dates as first and last day, and the ids of events that it names.
    """

    events: list[Row]
    columns: list[list[str]]
    lengths: list[int]
    facets: list[list[tuple[int, str]]]
    moments: list[list[Period]]
    related: list[list[str]]
    words: list[str]


class Preparer:
    """Prepares events with the names of one vocabulary; can be sent to another process."""

    def __init__(self, vocabulary: Lookup) -> None:
        self.vocabulary = vocabulary
        self._others: dict[tuple[str, str], str] = {}

    def __call__(self, events: Iterable[Event]) -> Prepared:
        """Return the rows of some events."""
        found = Prepared([], [], [], [], [], [], [])
        words: set[str] = set()
        for event in events:
            first, last = event.period
            record = json.dumps(event.record, ensure_ascii=False, separators=(",", ":"))
            row = (event.id, first, last, event.start, event.end, event.title, event.kind, event.place, record)
            columns = self.search_text(event.record)
            tokens = " ".join(columns).split()
            words.update(tokens)
            found.events.append(row)
            found.columns.append(columns)
            found.lengths.append(len(tokens))
            found.facets.append(list(_facets(event.record)))
            found.moments.append([period(item["start"], item.get("end")) for item in event.record.get("dates", ())])
            found.related.append([related["event"] for related in event.record.get("related", ())])
        words.discard("¶")
        found.words.extend(words)
        return found

    def search_text(self, record: Record) -> list[str]:
        """Return the text of each search column, folded; other names of what a record names stand in ``aliases``."""
        written: list[str] = []
        places: list[str] = []
        aliases: dict[str, None] = {}
        for field in RECORD:
            if not field.column or field.name not in record:
                continue
            plain = [_SPOKEN[field.name]] if field.name in _SPOKEN else []
            refs: list[tuple[str, str]] = []
            _collect(record[field.name], field.shape, plain, refs)
            for section, name in refs:
                if others := self._other_names(section, name):
                    aliases[others] = None
            written.append("\n".join(plain))
            places.append(field.column)
        found: dict[str, list[str]] = {column: [] for column in COLUMNS}
        for column, folded in zip(places, text.searchable_all(written), strict=True):
            found[column].append(folded)
        found["aliases"] = list(aliases)
        return [_words(found[column]) if found[column] else "" for column in COLUMNS]

    def _other_names(self, section: str, name: str) -> str:
        found = self._others.get((section, name))
        if found is None:
            term = self.vocabulary.term(section, name)
            found = text.searchable("\n".join(term.names()[1:])) if term else ""
            self._others[section, name] = found
        return found


_SPOKEN = {
    "organisers": "organised organiser",
    "hosts": "hosted host",
    "funders": "funded funder donor",
    "patrons": "patronage patron",
    "invited": "invited",
    "absent": "absent",
}
"""Words that a record says by the name of a field alone."""


def _collect(value: Any, shape: Shape, plain: list[str], refs: list[tuple[str, str]]) -> None:
    """Gather each text below ``value``, and the names among them with their section of the vocabulary."""
    kind = shape.kind
    if kind == "list":
        assert shape.item is not None
        for item in value:
            _collect(item, shape.item, plain, refs)
    elif kind == "map":
        for field in shape.fields:
            if field.name in value:
                _collect(value[field.name], field.shape, plain, refs)
    elif kind == "ref":
        plain.append(value)
        refs.append((shape.section, value))
    elif kind not in ("flag", "url"):
        plain.append(str(value))


_BREAK = " ¶ "
"""Stands between the parts of a record, so that no phrase reaches across; never part of a query, which is all ASCII."""

_PARTS = re.compile(r"[\n|]")
_TO_BLANKS = dict.fromkeys(range(128), " ")
_TO_BLANKS |= {ord(letter): letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}
_TO_BLANKS |= {ord("\n"): "|", ord("|"): "|"}


def _words(pieces: list[str]) -> str:
    """Return the words of folded texts, blanks between them and a break between parts."""
    joined = "|".join(pieces)
    if joined.isascii():
        parts = [" ".join(part.split()) for part in joined.translate(_TO_BLANKS).split("|")]
    else:
        parts = [" ".join(text.WORD.findall(part)) for part in _PARTS.split(joined)]
    return _BREAK.join([part for part in parts if part])


_PATHS = tuple(
    (number, tuple((path.partition(".")[0], path) for path in facet.paths)) for number, facet in enumerate(FACETS)
)


def _facets(record: Record) -> dict[tuple[int, str], None]:
    """Return the different values of each facet, with the number of the facet, in the order of the record."""
    found: dict[tuple[int, str], None] = {}
    for number, paths in _PATHS:
        for head, path in paths:
            if head in record:
                for value in values_at(record, path):
                    found[number, value] = None
    return found
