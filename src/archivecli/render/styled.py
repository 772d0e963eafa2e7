"""Pieces of text with a role → Rich text in the colours of the theme."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from archivecli import display
from archivecli.render import theme
from archivecli.render.findings import Piece

_STYLES = {
    "place": theme.TITLE,
    "error": theme.ERROR,
    "warning": theme.WARNING,
    "gutter": theme.DIM,
    "caret": theme.ERROR,
    "hint": theme.PLACE,
}


def styled(pieces: Sequence[Piece]) -> Text:
    """Return the pieces of one line as a Rich text."""
    return Text.assemble(*((piece.text, _STYLES.get(piece.role, "")) for piece in pieces))


def table(rows: Sequence[tuple[str, str, str]]) -> Table:
    """Return a table of names, values and where the values come from."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(style=theme.LABEL, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for name, value, origin in rows:
        shown = Text(display.terminal_safe(value))
        if origin:
            shown.append(f"  ({display.terminal_safe(origin)})", style=theme.DIM)
        grid.add_row(name, shown)
    return grid
