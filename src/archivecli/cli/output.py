"""Streams, width and colour: decided once when a command starts, then passed in. Nothing else asks the terminal."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, TextIO, cast

from archivecli import settings, text
from archivecli.errors import Problem, shortened

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console, RenderableType

    from archivecli.cli.pager import Paged

NARROWEST, WIDEST = 20, 500

WHEN = settings.COLOURS
"""The choices of ``--color``."""


class Output:
    """Where answers and remarks go, and how they may look.

    ``terminal``: answers are read by a person at a terminal; ``width``: its columns; ``colour``: whether to use
    colour; ``unicode``: whether the encoding of stdout carries more than ASCII; ``quiet``: no remarks; ``links``:
    whether the terminal can be given addresses to click; ``paged``: the terminal with its pager, where there is one;
    ``reading``: the catalogue that is being read, which no answer may overwrite; ``catalogue``: its name where a
    command to be typed next must have it, else "".
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
        links: bool = False,
        paged: "Paged | None" = None,
    ) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.terminal = terminal
        self.width = width
        self.colour = colour
        self.unicode = unicode
        self.quiet = quiet
        self.links = links
        self.paged = paged
        self.reading: Path | None = None
        self.catalogue = ""

    def suggested(self, command: str) -> str:
        """Return a command to be typed next with the catalogue that it needs."""
        if not self.catalogue:
            return command
        import shlex  # 2 ms, only where a catalogue is named

        return f"{command} --catalogue {shlex.quote(self.catalogue)}"

    def write(self, pieces: Iterable[str]) -> None:
        """Write an answer; what the encoding cannot carry is written in ASCII."""
        write = self.stdout.write if self.paged is None else self.paged.write
        for piece in pieces:
            write(piece if self.unicode or piece.isascii() else text.ascii_only(piece))

    def write_file(self, name: str, pieces: Iterable[str], force: bool) -> None:
        """Write an answer into a file, whole or not at all; ``force`` overwrites one that exists, save the catalogue."""
        from archivecli.cli.files import write_file  # 2 ms, only for files

        write_file(name, pieces, force, self.reading)

    def write_data(self, pieces: Iterable[str]) -> None:
        """Write data for another program: UTF-8, and line ends as they are, whatever the terminal speaks."""
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None or self.paged is not None:
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
            file=cast(IO[str], self.paged or self.stdout if self.unicode and self.links else _Narrowed(self)),
            width=self.width,
            height=25,  # nothing of ours depends on it; Rich need not ask the terminal
            force_terminal=self.terminal,
            no_color=not self.colour,
            color_system="standard" if self.colour else None,  # the theme has sixteen colours
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
        said = f"{message_line(sentence)}\n"

        def say() -> None:
            with contextlib.suppress(OSError, ValueError):  # nobody listens; the answer goes on
                self.stderr.write(said)

        say() if self.paged is None else self.paged.say(say)


class _Narrowed:
    """A stream for what Rich draws, where the terminal takes no links or its encoding no more than ASCII."""

    def __init__(self, out: Output) -> None:
        self.out = out
        self.encoding = out.stdout.encoding or "ascii"

    def write(self, piece: str) -> int:
        """Write what the terminal can take of a piece."""
        import re  # loaded already by Rich

        if not self.out.links:
            piece = re.sub(r"\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)", "", piece)
        if not self.out.unicode:
            piece = piece.translate(_DRAWN)
        self.out.write([piece])
        return len(piece)

    def flush(self) -> None:
        """Leave flushing to the stream itself."""

    def isatty(self) -> bool:
        """Tell whether this is a terminal."""
        return self.out.terminal


_DRAWN = str.maketrans("–—…·•’‘“”─━│╭╮╰╯┌┐└┘├┤┬┴┼╴", "--~-*''\"\"--|+++++++++++++-")
"""Signs as Rich draws them, each in one cell; letters are seen to before anything is drawn."""


MAX_LINE = 1000
"""How many characters of a line on standard error are shown; what was typed may have thousands."""


def message_line(sentence: str) -> str:
    """Return a message as one line; of a very long one the middle is left out, since the reason may come last."""
    line = text.one_line(sentence)
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE // 2]}...{line[3 - MAX_LINE // 2 :]}"


def problem_line(problem: Problem) -> str:
    """Return a problem as one line: place, message, hint."""
    message, hint = (shortened(text.one_line(part)) for part in (problem.message, problem.hint))
    return str(problem._replace(message=message, hint=hint))


_open: "list[Paged]" = []


def finish() -> None:
    """Bring every answer to its end: what a terminal's stream holds back is written, and pagers are waited for."""
    while _open:
        _open.pop().finish()


def abandon() -> None:
    """Forget what is held back: the command has failed."""
    while _open:
        _open.pop().drop()


def decide(color: str = "auto", quiet: bool = False, paging: bool = True) -> Output:
    """Return the output for this run; ``color`` is what ``--color`` says, ``paging`` is false for ``--no-pager``."""
    stdout, stderr = sys.stdout, sys.stderr
    terminal = is_terminal(stdout)
    environ = os.environ
    configured = settings.load()
    colour = wants_colour(color, environ, terminal, configured.color or "auto")
    encoding = (getattr(stdout, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    columns, rows = shutil.get_terminal_size((80, 24))
    width = min(max(columns, NARROWEST), WIDEST)
    links = terminal and environ.get("TERM", "dumb") not in ("dumb", "linux")  # the Linux console prints them
    paged = None
    if terminal and paging:
        from archivecli.cli import pager  # 2 ms, only for people

        if command := pager.command(environ, configured.pager):
            paged = pager.Paged(stdout, columns, rows, command)
            _open.append(paged)
    return Output(stdout, stderr, terminal, width, colour, encoding.startswith("utf"), quiet, links, paged)


def wants_colour(color: str, environ: Mapping[str, str], terminal: bool, configured: str = "auto") -> bool:
    """Tell whether to use colour: the first of these that says anything.

    ``--color always|never``; ARCHIVE_COLOR always|never; the same in the settings (``configured``), which are the
    user's own and so come before what is meant for all programs; NO_COLOR (not empty): no; FORCE_COLOR or CLICOLOR_FORCE
    (neither empty nor 0): yes; CLICOLOR=0: no; else colour is used at a terminal whose TERM is set and not ``dumb``.
    """
    for said in (color, environ.get("ARCHIVE_COLOR", ""), configured):
        if said in ("always", "never"):
            return said == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if environ.get("CLICOLOR") == "0":
        return False
    return terminal and (environ.get("TERM", "dumb") != "dumb" or os.name != "posix")


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a stream is read by a person at a terminal; one that is closed is not."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
