"""Counts → rows with bars for people."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.table import Table
from rich.text import Text

from archivecli import text
from archivecli.render import theme
from archivecli.render.table import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_EIGHTHS = " ▏▎▍▌▋▊▉█"


class Counted(Protocol):
    """A value with its number of events."""

    @property
    def name(self) -> str:
        """The value; empty for events without one."""

    @property
    def number(self) -> int:
        """The number of events."""


def bars(field: str, tallies: Sequence[Counted], total: int, screen: Screen) -> Iterator["RenderableType"]:
    """Yield a table of values, numbers and bars, and a line that tells how the numbers add up."""
    grid = Table(box=None, pad_edge=False, expand=True, padding=(0, 2, 0, 0), header_style=theme.LABEL)
    grid.add_column(field.capitalize(), max_width=max(screen.width // 2, 12))
    grid.add_column("Events", justify="right", no_wrap=True)
    grid.add_column("", ratio=1, no_wrap=True)
    highest = max((tally.number for tally in tallies), default=1)
    cells = max(screen.width - screen.width // 2 - 12, 5)
    for tally in tallies:
        name = Text(text.one_line(tally.name)) if tally.name else Text("(none)", style=theme.DIM)
        grid.add_row(name, str(tally.number), Text(bar(tally.number / highest, cells, screen.unicode), style=theme.BAR))
    yield grid
    summed = sum(tally.number for tally in tallies)
    several = f"; some have several values, so the numbers add up to {summed:,}" if summed != total else ""
    yield Text(f"\n{total:,} event{'' if total == 1 else 's'}{several}", style=theme.DIM)


def bar(share: float, cells: int, unicode: bool = True) -> str:
    """Return a bar of at most ``cells`` cells for a share from 0 to 1; a share above 0 is never invisible."""
    if not unicode:
        return "#" * max(round(share * cells), 1 if share else 0)
    eighths = max(round(share * cells * 8), 1 if share else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
