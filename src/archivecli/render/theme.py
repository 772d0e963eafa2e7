"""One visual language: what each thing looks like, wherever it appears.

Sixteen colours only, which every terminal fits to its own background, light or dark.

Nothing is told by colour alone: each colour only repeats what a word, a letter or a sign beside it says. A terminal
that carries only ASCII gets signs of ASCII for everything that is drawn.
"""

from collections.abc import Iterable
from typing import NamedTuple

from archivecli import display, text

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
HEAT = ("", "blue", "cyan", "green", "magenta", "red")
"""Colours of the levels of heat, 0 to 5; the sign beside each number tells the level too."""


def kind(name: str) -> str:
    """Return the colour of a kind of event: the same name has the same colour, everywhere and always."""
    return HUES[sum(place * byte for place, byte in enumerate(name.encode(), 4)) % len(HUES)] if name else DIM


class Signs(NamedTuple):
    """What is drawn with, in Unicode or in ASCII."""

    dot: str
    dash: str
    rule: str
    ellipsis: str
    block: str
    heat: str
    begins: str
    ends: str
    bar: str
    vague: str
    tick: str
    axis: str
    bullet: str


_UNICODE = Signs("·", "–", "─", "…", "▄", " ▁▃▅▆█", "◀", "▶", "━", "┄", "┬", "─", "•")
_ASCII = Signs("-", "-", "-", "...", "#", " .:+*#", "<", ">", "=", "~", "+", "-", "*")


def signs(unicode: bool) -> Signs:
    """Return the signs to draw with."""
    return _UNICODE if unicode else _ASCII


def said(written: str, unicode: bool) -> str:
    """Return a text of the archive as the terminal can show it, on one line."""
    return display.terminal_safe(written) if unicode else display.terminal_safe(display.ascii_only(written))


def level(number: int, highest: int) -> int:
    """Return how hot a number is beside the highest: 0 for none, else 1 to 5, in equal steps."""
    return min(5, 1 + 5 * (number - 1) // max(highest, 5)) if number else 0


def scale(highest: int) -> list[tuple[int, int, int]]:
    """Return the levels that numbers up to ``highest`` can have: the level, its lowest and its highest number."""
    lowest = [1 - (-step * max(highest, 5) // 5) for step in range(6)]
    steps = [(place + 1, lowest[place], min(lowest[place + 1] - 1, highest)) for place in range(5)]
    return [(place, low, high) for place, low, high in steps if low <= highest]


class Mark(NamedTuple):
    """How a group of events is drawn: a letter of its own and a colour."""

    letter: str
    style: str


def marks(names: Iterable[str], by_kind: bool) -> dict[str, Mark]:
    """Return a mark for each name: the first letter of it that is free, else a figure; no two are alike."""
    found: dict[str, Mark] = {}
    used: set[str] = set()
    for place, name in enumerate(names):
        letters = [c for c in text.fold(name).upper() if c.isascii() and c.isalpha()]
        letter = next((c for c in [*letters, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"] if c not in used), "?")
        used.add(letter)
        found[name] = Mark(letter, kind(name) if by_kind else HUES[place % len(HUES)])
    return found


OTHER = Mark("+", DIM)
"""The mark of events of none of the groups that have one of their own."""
