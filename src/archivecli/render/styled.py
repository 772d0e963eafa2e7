"""Pieces of text with a role → Rich text in the colours of the theme."""

from collections.abc import Sequence

from rich.text import Text

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
