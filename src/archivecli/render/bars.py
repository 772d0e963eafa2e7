"""Counts → rows with bars for people."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from archivecli.render import theme
from archivecli.render.screen import Counted, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bars(
    field: str, tallies: Sequence[Counted], total: int, screen: Screen, percent: bool = False
) -> Iterator["RenderableType"]:
    """Yield a table of values, numbers and bars, and a line that tells how the numbers add up."""
    grid = Table(box=None, pad_edge=False, expand=True, padding=(0, 2, 0, 0), header_style=theme.LABEL)
    grid.add_column(field.capitalize(), max_width=max(screen.width // 2, 12))
    grid.add_column("Events", justify="right", no_wrap=True)
    if percent:
        grid.add_column("%", justify="right", no_wrap=True)
    grid.add_column("", ratio=1, no_wrap=True)
    highest = max((tally.number for tally in tallies), default=1)
    cells = max(screen.width - screen.width // 2 - (19 if percent else 12), 5)
    for tally in tallies:
        name = Text(theme.said(tally.name, screen.unicode)) if tally.name else Text("(none)", style=theme.DIM)
        share = [f"{100 * tally.number / max(total, 1):.1f}"] if percent else []
        drawn = Text(bar(tally.number / highest, cells, screen.unicode), style=theme.BAR)
        grid.add_row(name, f"{tally.number:,}", *share, drawn)
    yield grid
    yield Text(f"\n{adding_up(sum(tally.number for tally in tallies), total)}", style=theme.DIM)


def adding_up(summed: int, total: int) -> str:
    """Return a sentence on how the numbers of a view add up to the number of events."""
    events = f"{total:,} event{'' if total == 1 else 's'}"
    return events if summed == total else f"{events}; some have several values, so the numbers add up to {summed:,}"


def bar(share: float, cells: int, unicode: bool = True) -> str:
    """Return a bar of at most ``cells`` cells for a share from 0 to 1; a share above 0 is never invisible."""
    if not unicode:
        return "#" * max(round(share * cells), 1 if share else 0)
    eighths = max(round(share * cells * 8), 1 if share else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
