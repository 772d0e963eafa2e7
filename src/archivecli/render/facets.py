"""Values of fields → lines with numbers and bars, and at the right what narrows to each."""

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from archivecli import display
from archivecli.render import theme
from archivecli.render.bars import bar
from archivecli.render.screen import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_WIDEST_NAME = 40
_SHORTEST_BAR = 4


class Value(Protocol):
    """A value of a field."""

    @property
    def name(self) -> str:
        """The value in full; empty for events without one."""

    @property
    def short(self) -> str:
        """The value in short, where it has a short form."""

    @property
    def number(self) -> int:
        """How many events have it."""

    @property
    def narrowing(self) -> tuple[str, ...]:
        """The pieces of the command line that narrow to it."""


class Field(Protocol):
    """A field with its values."""

    @property
    def name(self) -> str:
        """The name of the field."""

    @property
    def values(self) -> Sequence[Value]:
        """Its values, those of (none) last."""

    @property
    def several(self) -> bool:
        """Whether an event can have several."""

    @property
    def all_of_them(self) -> str:
        """The command that shows all its values."""


class Facets(Protocol):
    """Fields of a selection of events."""

    @property
    def fields(self) -> Sequence[Field]:
        """The fields."""

    @property
    def total(self) -> int:
        """How many events there are."""

    @property
    def limit(self) -> int:
        """So many values of a field are shown; 0 for all."""


class Commands(Protocol):
    """Builds the commands that lead on."""

    def listing(self, *more: str) -> str:
        """Return the command that lists the events, narrowed by options."""


def facets_lines(facets: Facets, commands: Commands, screen: Screen) -> Iterator["RenderableType"]:
    """Yield the fields one after the other, and how to use what stands at the right."""
    if not facets.total:
        return
    for field in facets.fields:
        yield from _field(field, facets, screen)
        yield Text("")
    events = f"{facets.total:,} event{'' if facets.total == 1 else 's'}."
    yield Text(f"{events} What stands at the right narrows to a value:", style=theme.DIM)
    first = next((v.narrowing for f in facets.fields for v in f.values if v.narrowing and v.name), ())
    yield Text(commands.listing(*first), style=theme.COMMAND)


def _field(field: Field, facets: Facets, screen: Screen) -> Iterator[Text]:
    number = sum(1 for value in field.values if value.name)
    title = Text(field.name.capitalize(), style=theme.HEADING)
    several = "; an event may have several" if field.several else ""
    yield title.append(f"  {number:,} value{'' if number == 1 else 's'}{several}", style="not bold dim")
    shown = [v for place, v in enumerate(field.values) if place < (facets.limit or len(field.values)) or not v.name]
    yield from _rows(shown, screen)
    left = len(field.values) - len(shown)
    if left:
        line = Text(f"{left:,} more: ", style=theme.DIM, no_wrap=True, overflow="crop")
        yield line.append(field.all_of_them, style=f"not dim {theme.COMMAND}")


def _rows(values: Sequence[Value], screen: Screen) -> Iterator[Text]:
    signs = theme.signs(screen.unicode)
    pieces = [_joined(value.narrowing) for value in values]
    last = max((wide for piece in pieces if (wide := display.width(piece)) <= screen.width // 2), default=0)
    highest = max((value.number for value in values), default=1)
    figures = len(f"{highest:,}")
    names = [theme.said(value.name, screen.unicode) or "(none)" for value in values]
    room = max(screen.width - figures - last - _SHORTEST_BAR - 6, 12)
    widest = min(max(map(display.width, names), default=0), _WIDEST_NAME, room, max(screen.width // 3, 12))
    cells = min(max(screen.width - widest - figures - last - 6, _SHORTEST_BAR), 40)
    for value, name, piece in zip(values, names, pieces, strict=True):
        if display.width(name) > widest and value.short:
            name = theme.said(value.short, screen.unicode)
        drawn = bar(value.number / highest, cells, screen.unicode)
        line = Text(no_wrap=True, overflow="crop")
        line.append(
            display.pad(display.truncate(name, widest, signs.ellipsis), widest), style="" if value.name else theme.DIM
        )
        line.append(f"  {value.number:>{figures},}  ", style=theme.NUMBER)
        line.append(display.pad(drawn, cells), style=theme.BAR)
        if display.width(piece) <= last:
            yield line.append(f"  {piece}", style=theme.COMMAND)
        else:
            line.rstrip()
            yield line
            yield Text(f"    {piece}", style=theme.COMMAND)


def _joined(pieces: tuple[str, ...]) -> str:
    return shlex.join(pieces)
