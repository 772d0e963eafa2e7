"""The numbers of a record that can be added up over events, derived from the table of fields."""

from collections.abc import Iterator
from typing import NamedTuple

from archivecli.fields import RECORD, Field


class Measure(NamedTuple):
    """A number of an event: its path, the path of the list that it stands in ("" for none), whether it has a unit."""

    name: str
    list_path: str
    leaf: str
    units: bool = False
    ranges: bool = False


DAYS = Measure("days", "", "")
"""How many days an event lasts; only events that are dated to the day have it."""


def _found(fields: tuple[Field, ...], path: tuple[str, ...], list_path: str) -> Iterator[Measure]:
    names = {field.name for field in fields}
    for field in fields:
        shape = field.shape
        here = (*path, field.name)
        if shape.kind in ("number", "count") and field.name != "to":
            leaf = ".".join(here)[len(list_path) :].lstrip(".")
            yield Measure(".".join(here), list_path, leaf, "unit" in names, "to" in names)
        elif shape.kind == "map":
            yield from _found(shape.fields, here, list_path)
        elif shape.kind == "list" and shape.item is not None and shape.item.kind == "map":
            yield from _found(shape.item.fields, here, ".".join(here))


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (*_found(tuple(field for field in RECORD if field.name != "source"), (), ""), DAYS)
}
"""Every number that ``count --sum`` takes; the place of an entry on its page is a number, but no quantity."""
