"""What the events of a catalogue can have, as one value: fields, facets, numbers and search columns.

A catalogue provides its schema (``core_schema.CORE``), and its index stores it. The core facets are here, since every command
has options for them; a new filter is one line.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple


class Shape(NamedTuple):
    """What a value may be: ``kind`` is one of text, block, date, number, count, flag, url, id, ref, list, map."""

    kind: str
    section: str = ""  # ref: the section of the vocabulary
    item: "Shape | None" = None  # list: what each item is
    fields: "tuple[Field, ...]" = ()  # map
    shorthand: str = ""  # map: a bare value stands for a map of this one field


class Field(NamedTuple):
    """A named value of a record.

    ``column`` is the search column of its text, ``group`` and ``label`` are where and how the card shows it.
    """

    name: str
    shape: Shape
    about: str
    column: str = ""
    group: str = ""
    label: str = ""
    required: bool = False


class Facet(NamedTuple):
    """A way to filter, group and count events by the names at some paths of their records.

    ``section`` is that of the vocabulary; ``option`` says whether there is a command-line option besides ``name:value``.
    """

    name: str
    section: str
    paths: tuple[str, ...]
    about: str
    option: bool = True


class NumericField(NamedTuple):
    """A number to add up over events: its path, the path of the list that it is in, and whether it has a unit or a range."""

    name: str
    list_path: str
    leaf: str
    units: bool = False
    ranges: bool = False


DAYS = NumericField("days", "", "")  # how many days an event lasts, for events that are dated to the day


class Schema:
    """What the events of a catalogue can have. Immutable by convention."""

    def __init__(
        self, fields: Sequence[Field], columns: Mapping[str, float], facets: Mapping[str, Facet] | None = None
    ) -> None:
        """Take the fields, the search columns, each with the weight of a word in it, and facets (default: the core ones)."""
        self.fields = tuple(fields)
        self.columns = dict(columns)
        self.facets = CORE_FACETS if facets is None else facets

    @cached_property
    def record(self) -> Shape:
        """The shape of a record."""
        return mapping(*self.fields)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def paths(self) -> dict[str, bool]:
        """Every dotted path, such as ``places.city``, and whether it leads to a list."""
        return dict(_paths(self.fields))

    @cached_property
    def facet_numbers(self) -> dict[str, int]:
        """The number of each facet in the index."""
        return {name: number for number, name in enumerate(self.facets)}

    @cached_property
    def numbers(self) -> dict[str, NumericField]:
        """The numbers that can be added up; the place of an entry on its page is none, since its sum means nothing."""
        found = _numeric_fields(tuple(field for field in self.fields if field.name != "source"))
        return {number.name: number for number in (*found, DAYS)}

    def to_plain(self) -> list[Any]:
        """Return the schema as lists, numbers and strings, for JSON."""
        return [self.fields, tuple(self.facets.values()), self.columns]

    @classmethod
    def from_plain(cls, plain: Sequence[Any]) -> "Schema":
        """Return the schema that ``to_plain`` has made lists of."""
        fields, facets, columns = plain
        found = (Facet(name, section, tuple(paths), *rest) for name, section, paths, *rest in facets)
        return cls([_field(field) for field in fields], columns, {facet.name: facet for facet in found})


def _paths(fields: Sequence[Field], before: str = "", in_list: bool = False) -> Iterator[tuple[str, bool]]:
    for field in fields:
        shape, many = field.shape, in_list
        while shape.item is not None:
            shape, many = shape.item, True
        yield before + field.name, many
        yield from _paths(shape.fields, f"{before}{field.name}.", many)


def _field(plain: Sequence[Any]) -> Field:
    name, shape, *rest = plain
    return Field(name, _shape(shape), *rest)


def _shape(plain: Sequence[Any]) -> Shape:
    kind, section, item, fields, shorthand = plain
    return Shape(kind, section, item and _shape(item), tuple(_field(field) for field in fields), shorthand)


def _numeric_fields(fields: tuple[Field, ...], path: str = "", list_path: str = "") -> Iterator[NumericField]:
    names = {field.name for field in fields}
    for field in fields:
        shape, here = field.shape, f"{path}{field.name}"
        if shape.kind in ("number", "count") and field.name != "to":
            leaf = here[len(list_path) :].lstrip(".")
            yield NumericField(here, list_path, leaf, "unit" in names, "to" in names)
        elif shape.kind == "map":
            yield from _numeric_fields(shape.fields, f"{here}.", list_path)
        elif shape.item is not None and shape.item.kind == "map":
            yield from _numeric_fields(shape.item.fields, f"{here}.", here)


# Shapes

TEXT, BLOCK, DATE, NUMBER = map(Shape, ("text", "block", "date", "number"))
COUNT, FLAG, URL, ID = map(Shape, ("count", "flag", "url", "id"))


def ref(section: str) -> Shape:
    """Return the shape of a name that the vocabulary's ``section`` explains."""
    return Shape("ref", section=section)


def many(item: Shape) -> Shape:
    """Return the shape of a list of ``item``."""
    return Shape("list", item=item)


def mapping(*fields: Field, shorthand: str = "") -> Shape:
    """Return the shape of a mapping of ``fields``."""
    return Shape("map", fields=fields, shorthand=shorthand)


# The facets that every catalogue has

_INVOLVING = ("participants.countries", "concerns.countries", "people.country")
_BODIES = (
    *(f"{role}.body" for role in ("organisers", "hosts", "partners", "funders", "patrons")),
    *(f"{group}.bodies" for group in ("participants", "invited", "absent", "concerns", "mentioned")),
    *("people.body", "members.of", "members.bodies"),
)

_FACETS: tuple[Facet, ...] = (
    Facet("country", "countries", ("places.country",), "country or territory where it was held"),
    Facet("involving", "countries", _INVOLVING, "country that took part or that it is about"),
    Facet("city", "cities", ("places.city",), "city where it was held"),
    Facet("kind", "kinds", ("kind",), "kind of event: workshop, conference, mission ..."),
    Facet("topic", "topics", ("topics",), "what it is about"),
    Facet("body", "bodies", _BODIES, "organisation, in any role"),
    Facet("person", "people", ("people.name",), "person who spoke, signed, opened or is named"),
    Facet("project", "projects", ("projects.project",), "project or programme", False),
    Facet("campaign", "campaigns", ("campaigns",), "campaign", False),
    Facet("instrument", "instruments", ("instruments.instrument",), "convention, law or agreement", False),
    Facet("series", "series", ("series",), "run of events", False),
    Facet("organiser", "bodies", ("organisers.body",), "organiser", False),
    Facet("host", "bodies", ("hosts.body",), "host", False),
    Facet("partner", "bodies", ("partners.body",), "partner", False),
    Facet("funder", "bodies", ("funders.body",), "funder", False),
    Facet("patron", "bodies", ("patrons.body",), "patron", False),
    Facet("participant", "bodies", ("participants.bodies",), "body that took part", False),
)

CORE_FACETS = {facet.name: facet for facet in _FACETS}
