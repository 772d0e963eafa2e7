"""Turn events into rows of the index, without a database, so that worker processes can do it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from archivecli import text
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.dates import Period, period
from archivecli.events import Event, Record
from archivecli.schema import Schema, Shape

Row = tuple[Any, ...]


class EventRows(NamedTuple):
    """The rows of some events."""

    events: list[Row]  # the row of ``events`` without its number
    columns: list[str]  # the texts of the search columns, one a line
    token_counts: list[int]
    facets: dict[tuple[int, str], list[int]]  # (facet, value) → positions of its events in these lists
    other_dates: list[list[Period]]
    related: list[list[str]]
    words: dict[str, int]  # word → how often it occurs


class _Name(NamedTuple):
    words: str
    others: str  # the words of its other names
    facets: tuple[tuple[int, str], ...]  # (facet, value)


_Gather: TypeAlias = Callable[[Any, list[str], list[_Name]], None]
"""Adds the texts and the names within a value to two lists."""

_SORTED = (5, 6, 7)  # the positions of title, kind and place in a row of ``events``

_encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class RowBuilder:
    """Builds rows with the schema and the vocabulary of one catalogue; can be sent to another process."""

    def __init__(self, schema: Schema, vocabulary: Vocabulary) -> None:
        self.schema = schema
        self.vocabulary = vocabulary
        columns = list(schema.columns)
        self._fields: dict[str, tuple[int, _Gather]] = {
            field.name: (columns.index(field.column), self._gather(field.shape, field.name))
            for field in schema.fields
            if field.column
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return RowBuilder, (self.schema, self.vocabulary)

    def __call__(self, events: Iterable[Event]) -> EventRows:
        """Return the rows of some events."""
        words: Counter[str] = Counter()
        found = EventRows([], [], [], {}, [], [], words)
        for position, event in enumerate(events):
            record = event.record
            first, last = event.period
            columns, facets = self._gathered(record)
            lines = "\n".join(columns)
            tokens = lines.split()
            words.update(tokens)
            found.events.append(
                (event.id, first, last, event.start, event.end, event.title, event.kind, event.place, _encoded(record))
            )
            found.columns.append(lines)
            found.token_counts.append(len(tokens))
            for facet in facets:
                found.facets.setdefault(facet, []).append(position)
            found.other_dates.append([period(item["start"], item.get("end")) for item in record.get("dates", ())])
            found.related.append([related["event"] for related in record.get("related", ())])
        keys = zip(*(text.sort_keys([row[column] for row in found.events]) for column in _SORTED), strict=True)
        found.events[:] = [row + key for row, key in zip(found.events, keys, strict=True)]
        del words["¶"]
        return found

    def search_text(self, record: Record) -> list[str]:
        """Return the text of each search column, folded; ``aliases`` has the other names of what the record names."""
        return self._gathered(record)[0]

    def _gathered(self, record: Record) -> tuple[list[str], Iterable[tuple[int, str]]]:
        """Return the text of each search column, folded, and the values of facets."""
        texts: list[list[str]] = [[] for _ in self.schema.columns]
        names: list[_Name] = []
        for name, value in record.items():
            if name in self._fields:
                column, gather = self._fields[name]
                if name in _IMPLIED_WORDS:
                    texts[column].append(_IMPLIED_WORDS[name])
                gather(value, texts[column], names)
        texts[-1] += dict.fromkeys([name.others for name in names if name.others])
        facets = dict.fromkeys([facet for name in names for facet in name.facets])
        return [" ¶ ".join(words) for words in texts], facets

    def _gather(self, shape: Shape, path: str) -> _Gather:
        """Return the function that gathers from a value of ``shape`` at ``path``."""
        match shape.kind:
            case "list":
                assert shape.item is not None
                return _each(self._gather(shape.item, path))
            case "map":
                inner = {field.name: self._gather(field.shape, f"{path}.{field.name}") for field in shape.fields}
                return _inside(inner)
            case "ref":
                return _naming(_Names(self.schema, self.vocabulary, shape.section, path))
            case "flag" | "url":
                return lambda value, texts, names: None
        return lambda value, texts, names: texts.append(text.searchable(str(value)))


_IMPLIED_WORDS = {
    "organisers": "organised organiser",
    "hosts": "hosted host",
    "funders": "funded funder donor",
    "patrons": "patronage patron",
    "invited": "invited",
    "absent": "absent",
}
"""The words that are found in a record by the name of a field."""


class _Names(dict[str, _Name]):
    """The names at one path of the records."""

    def __init__(self, schema: Schema, vocabulary: Vocabulary, section: str, path: str) -> None:
        self.vocabulary = vocabulary
        self.section = section
        self.facets = [schema.facet_numbers[name] for name, facet in schema.facets.items() if path in facet.paths]

    def __missing__(self, name: str) -> _Name:
        if len(self) >= 20_000:
            self.clear()
        term = self.vocabulary.term(self.section, name)
        value = text.composed(name)
        others = text.searchable("\n".join(term.names()[1:])) if term else ""
        found = self[name] = _Name(text.searchable(name), others, tuple((number, value) for number in self.facets))
        return found


def _each(gather: _Gather) -> _Gather:
    def gathered(value: list[Any], texts: list[str], names: list[_Name]) -> None:
        for item in value:
            gather(item, texts, names)

    return gathered


def _inside(fields: dict[str, _Gather]) -> _Gather:
    def gathered(value: dict[str, Any], texts: list[str], names: list[_Name]) -> None:
        for name, inner in value.items():
            fields[name](inner, texts, names)

    return gathered


def _naming(known: _Names) -> _Gather:
    def gathered(value: str, texts: list[str], names: list[_Name]) -> None:
        name = known[value]
        texts.append(name.words)
        names.append(name)

    return gathered
