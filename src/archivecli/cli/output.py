"""Streams, width and colour: decided once when a command starts, then passed in. Nothing else asks the terminal."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from archivecli import text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

NARROWEST, WIDEST = 20, 500


class Output:
    """Where answers and remarks go, and how they may look.

    ``terminal``: answers are read by a person at a terminal; ``width``: its columns; ``colour``: whether to use
    colour; ``unicode``: whether the encoding of stdout carries more than ASCII; ``quiet``: no remarks.
    """

    def __init__(
        self,
        stdout: TextIO,
        stderr: TextIO,
        terminal: bool,
        width: int,
        colour: bool,
        unicode: bool,
        quiet: bool = False,
    ) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.terminal = terminal
        self.width = width
        self.colour = colour
        self.unicode = unicode
        self.quiet = quiet

    def write(self, pieces: Iterable[str]) -> None:
        """Write an answer; what the encoding cannot carry is written in ASCII."""
        write = self.stdout.write
        for piece in pieces:
            write(piece if self.unicode or piece.isascii() else _ascii(piece))

    def write_data(self, pieces: Iterable[str]) -> None:
        """Write data for another program: UTF-8, and line ends as they are, whatever the terminal speaks."""
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None:
            self.write(pieces)
            return
        self.stdout.flush()
        for piece in pieces:
            buffer.write(piece.encode())

    def show(self, *renderables: "RenderableType") -> None:
        """Show tables and cards at a terminal."""
        console = self.console()
        for renderable in renderables:
            console.print(renderable)

    def console(self) -> "Console":
        """Return a Rich console on stdout; data never reaches it as markup."""
        from rich.console import Console  # 40 ms, only for people

        return Console(
            file=self.stdout,
            width=self.width,
            height=25,  # nothing of ours depends on it; Rich need not ask the terminal
            force_terminal=self.terminal,
            no_color=not self.colour,
            color_system="auto" if self.colour and self.terminal else "standard" if self.colour else None,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    def remark(self, *sentences: str) -> None:
        """Say something on stderr that is no part of the answer."""
        if not self.quiet:
            for sentence in sentences:
                self.complain(sentence)

    def complain(self, sentence: str) -> None:
        """Say on stderr what must be heard, even with --quiet."""
        encoding = self.stderr.encoding or "ascii"
        sentence = text.one_line(sentence)
        with contextlib.suppress(OSError, ValueError):  # nobody listens; the answer goes on
            self.stderr.write(sentence.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _ascii(piece: str) -> str:
    from anyascii import anyascii  # 20 ms, needed only where the encoding is not Unicode

    dashes = {"–": "-", "—": "-", "…": "...", "·": "-", "“": '"', "”": '"'}
    return "".join(c if c.isascii() else dashes.get(c) or anyascii(c) for c in piece)


def decide(color: str = "auto", quiet: bool = False) -> Output:
    """Return the output for this run.

    Colour: ``--color always|never`` decides; else NO_COLOR (not empty) means none, FORCE_COLOR (not empty) means
    colour; else colour is used at a terminal whose TERM is not ``dumb``.
    """
    stdout, stderr = sys.stdout, sys.stderr
    terminal = _is_terminal(stdout)
    environ = os.environ
    if color in ("always", "never"):
        colour = color == "always"
    elif environ.get("NO_COLOR"):
        colour = False
    elif environ.get("FORCE_COLOR"):
        colour = True
    else:
        colour = terminal and environ.get("TERM") != "dumb"
    encoding = (getattr(stdout, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    width = min(max(shutil.get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)
    return Output(stdout, stderr, terminal, width, colour, encoding.startswith("utf"), quiet)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
