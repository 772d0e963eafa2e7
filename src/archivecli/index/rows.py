"""Turn events into the rows of the index: all that can be worked out for one event by itself, without a database."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from archivecli import text
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.dates import period
from archivecli.events import Event, Record
from archivecli.schema import Schema, Shape

Row = tuple[Any, ...]


class EventRows(NamedTuple):
    """The rows of some events.

    For each event: the row of ``events`` without its number, the texts of the search columns, a line each, the number of
    its words, its other dates as first and last day, and the ids of its related events. For each value of a facet, as
    (facet, value): the positions of its events in these lists. For each word: how often it occurs.
    """

    events: list[Row]
    columns: list[str]
    lengths: list[int]
    facets: dict[tuple[int, str], list[int]]
    moments: list[list[tuple[str, str]]]
    related: list[list[str]]
    words: dict[str, int]


_Gather: TypeAlias = Callable[[Any, list[str], list["_Name"]], None]
"""Adds the texts and the names below a value to two lists."""


class _Name(NamedTuple):
    """A name where it stands: its words and those of its other names, and the facets that it is a value of."""

    words: str
    others: str
    facets: tuple[tuple[int, str], ...]


_SORTED = (5, 6, 7)
"""The places of title, kind and place in a row of ``events``."""

_encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class RowBuilder:
    """Builds rows with the schema and the vocabulary of one catalogue; can be sent to another process."""

    def __init__(self, schema: Schema, vocabulary: Vocabulary) -> None:
        self.schema = schema
        self.vocabulary = vocabulary
        columns = list(schema.columns)
        self._fields: dict[str, tuple[int, str, _Gather]] = {
            field.name: (
                columns.index(field.column),
                _SPOKEN.get(field.name, ""),
                self._gather(field.shape, field.name),
            )
            for field in schema.fields
            if field.column
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return RowBuilder, (self.schema, self.vocabulary)

    def __call__(self, events: Iterable[Event]) -> EventRows:
        """Return the rows of some events."""
        words: Counter[str] = Counter()
        found = EventRows([], [], [], {}, [], [], words)
        for place, event in enumerate(events):
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
            found.lengths.append(len(tokens))
            for facet in facets:
                if facet in found.facets:
                    found.facets[facet].append(place)
                else:
                    found.facets[facet] = [place]
            found.moments.append([_days(item) for item in record.get("dates", _NONE)])
            found.related.append([related["event"] for related in record.get("related", _NONE)])
        keys = zip(*(text.sort_keys([row[column] for row in found.events]) for column in _SORTED), strict=True)
        found.events[:] = [row + key for row, key in zip(found.events, keys, strict=True)]
        del words["¶"]
        return found

    def search_text(self, record: Record) -> list[str]:
        """Return the text of each search column, folded; other names of what a record names stand in ``aliases``."""
        return self._gathered(record)[0]

    def _gathered(self, record: Record) -> tuple[list[str], Iterable[tuple[int, str]]]:
        """Return the text of each search column, folded, and the values of facets."""
        texts: list[list[str]] = [[] for _ in self.schema.columns]
        names: list[_Name] = []
        for name, value in record.items():
            if name in self._fields:
                place, spoken, gather = self._fields[name]
                if spoken:
                    texts[place].append(spoken)
                gather(value, texts[place], names)
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
                return _inside(
                    {field.name: self._gather(field.shape, f"{path}.{field.name}") for field in shape.fields}
                )
            case "ref":
                return _naming(_Names(self.schema, self.vocabulary, shape.section, path))
            case "flag" | "url":
                return _nothing
            case "number" | "count":
                return _figure
        return _text


_SPOKEN = {
    "organisers": "organised organiser",
    "hosts": "hosted host",
    "funders": "funded funder donor",
    "patrons": "patronage patron",
    "invited": "invited",
    "absent": "absent",
}
"""Words that a record says by the name of a field alone."""


def _days(dates: dict[str, str]) -> tuple[str, str]:
    first, last = period(dates["start"], dates.get("end"))
    return first, last


_NONE: tuple[dict[str, str], ...] = ()


class _Names(dict[str, _Name]):
    """The names that stand at one path."""

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


def _text(value: str, texts: list[str], names: list[_Name]) -> None:
    texts.append(text.searchable(value))


def _figure(value: float, texts: list[str], names: list[_Name]) -> None:
    texts.append(text.searchable(str(value)))


def _nothing(value: Any, texts: list[str], names: list[_Name]) -> None:
    pass
