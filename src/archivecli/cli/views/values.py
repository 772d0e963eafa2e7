"""Facets: the values of fields, how many events have each, and the command that lists them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archivecli.cli.asking import Question
from archivecli.cli.tallies import View
from archivecli.cli.views.numbers import share
from archivecli.index.reader import Tally
from archivecli.query.facets import BY_NAME, NONE, PERIODS
from archivecli.render.rows import Row

if TYPE_CHECKING:
    from rich.console import RenderableType


class Value(NamedTuple):
    """A value of a field: in full ("" for none), in short, how many events have it, what narrows to it ("" for nothing)."""

    name: str
    short: str
    number: int
    narrowing: tuple[str, ...]


class Field(NamedTuple):
    """A field with its values; ``several``: an event can have more than one of them."""

    name: str
    values: Sequence[Value]
    several: bool
    all_of_them: str


class Facets(NamedTuple):
    """Fields of a selection of events, and how many events it has."""

    fields: Sequence[Field]
    total: int
    limit: int


_COLUMNS = ("field", "count", "percent", "value", "command")


def facets(found: Question, fields: Sequence[str], limit: int) -> View:
    """Return a row for each value of each field, the most frequent first."""

    def rows() -> Iterator[Row]:
        for field in fields:
            for one in found.selection.tally(field):
                narrowing = _narrowing(found, field, one)
                command = found.onward.listing(*narrowing) if narrowing else None
                cells = (field, one.number, share(one.number, found.total), one.name or None, command)
                yield dict(zip(_COLUMNS, cells, strict=True))

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.facets import facets_lines

        return facets_lines(
            Facets([_field(found, field, limit) for field in fields], found.total, limit), found.onward, found.out
        )

    return View(_COLUMNS, rows, picture)


def _field(found: Question, field: str, limit: int) -> Field:
    tallies = found.selection.tally(field)
    shown = set(range(limit or len(tallies)))
    none = len(tallies) - 1 if tallies and not tallies[-1].name else None
    values = [
        Value(one.name, one.short, one.number, _narrowing(found, field, one) if place in shown or place == none else ())
        for place, one in enumerate(tallies)
    ]
    several = sum(one.number for one in tallies) > found.total
    return Field(field, values, several, found.onward.view("facets", field, "--limit", "0"))


def _narrowing(found: Question, field: str, value: Tally) -> tuple[str, ...]:
    """Return the option, or the part of a query, that narrows to a value; nothing where its name cannot be typed."""
    if field == "quarter":
        year, quarter = value.name[:4], int(value.name[6:])
        return ("--from", f"{year}-{3 * quarter - 2:02d}", "--to", f"{year}-{3 * quarter:02d}")
    if field in PERIODS:
        return (f"--{field}", value.name)
    spelled = found.archive.as_typed(field, value.name, value.short) if value.name else NONE
    if not spelled:
        return ()
    if BY_NAME[field].option:
        return (f"--{field}", spelled)
    return (f'{field}:"{spelled}"' if spelled == NONE else f"{field}:{spelled}",)
