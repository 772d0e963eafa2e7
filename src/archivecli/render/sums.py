"""Sums → a table for people, which says beside each sum how many events stand behind it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.table import Table
from rich.text import Text

from archivecli.query.measures import Measure
from archivecli.render import theme
from archivecli.render.rows import NOT_ADDED
from archivecli.render.screen import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


class Figures(Protocol):
    """Numbers added up."""

    @property
    def unit(self) -> str:
        """What is counted."""

    @property
    def total(self) -> float:
        """The sum."""

    @property
    def events(self) -> int:
        """How many events state the number."""


class Summed(Protocol):
    """The sum of events that share values."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The values; empty for events without one."""

    @property
    def shared_by(self) -> int:
        """How many events there are."""

    @property
    def added(self) -> Figures:
        """What is added up."""


def sums_table(
    measure: Measure, axes: Sequence[str], sums: Sequence[Summed], notes: Sequence[str], screen: Screen
) -> Iterator["RenderableType"]:
    """Yield a row for each sum, and a line that tells what is in them and what is not."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=theme.LABEL)
    for axis in axes:
        grid.add_column(axis.capitalize())
    grid.add_column(measure.name, justify="right", no_wrap=True)
    if measure.units:
        grid.add_column("Unit")
    grid.add_column("Stated by", justify="right", no_wrap=True)
    signs = theme.signs(screen.unicode)
    for one in sums:
        keys = [theme.said(key, screen.unicode) or "(none)" for key in one.keys]
        stated = one.added.events and one.added.unit not in NOT_ADDED
        number = f"{round(one.added.total, 6):,.10g}" if stated else signs.dot
        unit = [theme.said(one.added.unit, screen.unicode)] if measure.units else []
        behind = Text(f"{one.added.events:,} of {one.shared_by:,}", style=theme.DIM)
        grid.add_row(*(Text(key) for key in keys), Text(number, style=theme.NUMBER), *(Text(u) for u in unit), behind)
    yield grid
    yield Text("\n" + "\n".join(notes), style=theme.DIM)
