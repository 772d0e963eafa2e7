"""A table of one field by another → lines for people, in as many blocks of columns as the width asks for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from archivecli import display
from archivecli.render import theme
from archivecli.render.screen import Counted, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_COLUMNS = 60
"""More columns than these are told, not drawn: the data forms hold them all."""

WIDEST_COLUMN = 12


class Crosstab(Protocol):
    """Two fields with their values, the number of events of each pair, and of all."""

    @property
    def axes(self) -> tuple[str, str]:
        """The names of the fields: down, across."""

    @property
    def down(self) -> Sequence[Counted]:
        """The values of the rows."""

    @property
    def across(self) -> Sequence[Counted]:
        """The values of the columns."""

    @property
    def cells(self) -> Mapping[tuple[str, ...], int]:
        """The number of events of each pair of values."""

    @property
    def total(self) -> int:
        """The number of all events."""


Column = tuple[list[str], list[str]]
"""The lines of a heading, and the figures below it."""


def crosstab(table: Crosstab, screen: Screen, percent: bool) -> Iterator["RenderableType"]:
    """Yield the table, then a line that tells how the numbers add up."""
    signs = theme.signs(screen.unicode)

    def figure(number: int) -> str:
        if not number:
            return signs.dot
        return f"{100 * number / table.total:.1f}" if percent else f"{number:,}"

    labels = [_name(one, screen) for one in table.down]
    drawn = table.across[:MOST_COLUMNS]
    columns: list[Column] = [
        (
            _heading(_short(one, screen)),
            [*(figure(table.cells.get((row.name, one.name), 0)) for row in table.down), figure(one.number)],
        )
        for one in drawn
    ]
    columns.append((["all"], [*(figure(row.number) for row in table.down), figure(table.total)]))
    room = min(max(display.width(label) for label in [*labels, table.axes[0], "all"]), max(screen.width // 3, 8))
    for block in _blocks(columns, screen.width - room):
        yield from _block(table, labels, block, room, screen)
    yield from _footnotes(table, percent, screen)


def _name(one: Counted, screen: Screen) -> str:
    return theme.said(one.name, screen.unicode) if one.name else "(none)"


def _short(one: Counted, screen: Screen) -> str:
    return theme.said(one.short or one.name, screen.unicode) if one.name else "(none)"


def _heading(name: str) -> list[str]:
    """Break a heading at blanks, and words that are too long anywhere."""
    lines = [""]
    for word in name.split():
        while display.width(word) > WIDEST_COLUMN:
            head = display.truncate(word, WIDEST_COLUMN, "-")
            lines.append(head)
            word = word[len(head) - 1 :]
        joined = f"{lines[-1]} {word}".strip()
        if display.width(joined) <= WIDEST_COLUMN:
            lines[-1] = joined
        else:
            lines.append(word)
    return [line for line in lines if line] or [""]


def _wide(column: Column) -> int:
    return max(display.width(line) for part in column for line in part)


def _blocks(columns: list[Column], room: int) -> Iterator[list[Column]]:
    """Part the columns into blocks that fit; the totals stand in the last."""
    block: list[Column] = []
    taken = 0
    for column in columns:
        wide = _wide(column) + 2
        if block and taken + wide > room:
            yield block
            block, taken = [], 0
        block.append(column)
        taken += wide
    yield block


def _block(
    table: Crosstab, labels: list[str], block: list[Column], room: int, screen: Screen
) -> Iterator["RenderableType"]:
    signs = theme.signs(screen.unicode)
    height = max(len(heading) for heading, _ in block)
    for line in range(height):
        heads = [([""] * (height - len(heading)) + heading)[line] for heading, _ in block]
        first = table.axes[0].capitalize() if line == height - 1 else ""
        cells = "".join(f"  {_right(head, _wide(column))}" for head, column in zip(heads, block, strict=True))
        yield Text(display.pad(first, room) + cells, style=theme.LABEL, no_wrap=True)
    yield Text(signs.rule * (room + sum(_wide(column) + 2 for column in block)), style=theme.DIM, no_wrap=True)
    for place, label in enumerate([*labels, "all"]):
        last = place == len(labels)
        row = Text(
            display.pad(display.truncate(label, room, signs.ellipsis), room),
            style=theme.HEADING if last else "",
            no_wrap=True,
        )
        for column in block:
            figure = column[1][place]
            style = theme.DIM if figure == signs.dot else theme.HEADING if last else ""
            row.append(f"  {_right(figure, _wide(column))}", style=style)
        yield row
    yield Text("")


def _right(shown: str, cells: int) -> str:
    return " " * (cells - display.width(shown)) + shown


def _footnotes(table: Crosstab, percent: bool, screen: Screen) -> Iterator["RenderableType"]:
    events = f"{table.total:,} event{'' if table.total == 1 else 's'}"
    notes = [f"Per cent of {events}." if percent else f"{events}."]
    summed = {
        table.axes[0]: sum(one.number for one in table.down),
        table.axes[1]: sum(one.number for one in table.across),
    }
    several = [axis for axis, number in summed.items() if number != table.total]
    if several:
        notes.append(
            f"Some have several values of {' and of '.join(several)} and stand in each; totals count each once."
        )
    if len(table.across) > MOST_COLUMNS:
        more = len(table.across) - MOST_COLUMNS
        notes.append(f"{more:,} more columns, all with fewer events, are in --format csv.")
    yield Text(" ".join(notes), style=theme.DIM)
