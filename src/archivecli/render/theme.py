"""Styles and building blocks of everything that is drawn for people.

Only the sixteen colours that every terminal adapts to its background; each only repeats a word, letter or symbol beside it.
Every symbol takes one cell, so that the output stream can replace it where the terminal has only ASCII; strings of the
catalogue may become longer in ASCII and so pass through ``Screen.text`` before they are measured.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Union

from archivecli import display

if TYPE_CHECKING:
    from rich.text import Text

Part: TypeAlias = Union[str, tuple[str, str], "Text"]
"""A part of a line: a string, a string with its style, or text that has styles already."""

DATE = "cyan"
TITLE = "bold"
PLACE = "green"
DIM = "dim"
ID = "magenta"
HIT = "bold red"
LABEL = "cyan"
HEADING = "bold"
BAR = "blue"
LINK = "underline"
NUMBER = "bold"
COMMAND = "magenta"
SILENCE = "dim italic"
ERROR = "bold red"
WARNING = "bold magenta"

HUES = ("blue", "magenta", "green", "cyan", "red")
HEAT = ("", "blue", "cyan", "green", "magenta", "red")  # of levels 0 to 5, which a symbol beside each number shows, too


def kind(name: str) -> str:
    """Return the colour of a kind of event, always the same for the same name."""
    return HUES[sum(place * byte for place, byte in enumerate(name.encode(), 4)) % len(HUES)] if name else DIM


class Screen(NamedTuple):
    """The width of the terminal in cells, and whether it shows more than ASCII."""

    width: int
    unicode: bool = True

    def text(self, value: str) -> str:
        """Return a string of the catalogue as this terminal can show it, on one line."""
        return display.terminal_safe(value if self.unicode else display.ascii_only(value))


class Segment(NamedTuple):
    """A piece of a line with its style."""

    text: str
    style: str = ""


def paragraph(*parts: Part) -> "Text":
    """Return text that is wrapped where the terminal is narrower, or a cell of a table; nothing in it is markup."""
    from rich.text import Text  # 40 ms, only for people

    return Text.assemble(*parts)


def line(*parts: Part) -> "Text":
    """Return one line of a drawing, cropped where the terminal is narrower."""
    drawn = paragraph(*parts)
    drawn.no_wrap, drawn.overflow = True, "crop"
    return drawn


def note(*sentences: str) -> "Text":
    """Return a note below a drawing."""
    return paragraph((" ".join(sentences), DIM))


def commands(*pairs: tuple[str, str]) -> list["Text"]:
    """Return lines of commands to type next, each with what it does."""
    widest = max(len(command) for command, _ in pairs)
    return [paragraph((f"{command:<{widest}}  ", COMMAND), (purpose, DIM)) for command, purpose in pairs]


def safe(value: str, style: str = "") -> "Text":
    """Return a string of the catalogue as text on one line."""
    from rich.text import Text  # as above

    return Text(display.terminal_safe(value), style)


def dotted(parts: Iterable["Text"]) -> "Text":
    """Return the parts that are not empty on one line, with dots between them."""
    return paragraph((" · ", DIM)).join(part for part in parts if part)
