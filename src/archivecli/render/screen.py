"""What renderers for people share: what they must know of the terminal, and how pieces stand on one line."""

from collections.abc import Iterable
from typing import Protocol

from rich.text import Text

from archivecli.render import theme


class Screen(Protocol):
    """What a renderer must know of the terminal."""

    @property
    def width(self) -> int:
        """The number of columns."""

    @property
    def unicode(self) -> bool:
        """Whether more than ASCII can be shown."""


class Counted(Protocol):
    """A value with its short form and its number of events."""

    @property
    def name(self) -> str:
        """The value; empty for events without one."""

    @property
    def short(self) -> str:
        """The short form of the value, if it has one."""

    @property
    def number(self) -> int:
        """The number of events."""


def dotted(pieces: Iterable[Text]) -> Text:
    """Return the pieces that are not empty on one line, each in its own style, with dim dots between them."""
    shown = Text()
    for piece in pieces:
        if piece.plain:
            shown.append(" · " if shown.plain else "", theme.DIM).append_text(piece)
    return shown
