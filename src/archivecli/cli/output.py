"""Output streams, width and colour, determined once when a command starts."""

import contextlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, TextIO, cast

import typer

from archivecli import display
from archivecli.errors import Problem, shortened
from archivecli.settings import Settings

if TYPE_CHECKING:
    from rich.console import RenderableType

    from archivecli.cli.pager import PagedStream


class Output:
    """Where answers and notes are written; as a context manager, it writes or drops at the end what the pager holds back."""

    def __init__(self, settings: Settings, quiet: bool = False, reading: Path | None = None) -> None:
        self.stdout, self.stderr = sys.stdout, sys.stderr
        self.quiet = quiet
        self.reading = reading  # the open catalogue, which no answer may overwrite
        self.catalogue = settings.typed_catalogue or ""  # for suggested commands
        self.terminal = is_terminal(self.stdout)
        self.colour = settings.colour(self.terminal).value
        self.unicode = (getattr(self.stdout, "encoding", None) or "ascii").lower().startswith("utf")
        term = settings.environ.get("TERM", "dumb")
        self.links = self.terminal and term not in ("dumb", "linux")  # the Linux console prints them
        columns, rows = shutil.get_terminal_size((80, 24))
        self.width = min(max(columns, 20), 500)
        self.paged: PagedStream | None = None  # the terminal with its pager
        if self.terminal and (command := settings.pager.value):
            from archivecli.cli import pager  # 2 ms, only for people

            self.paged = pager.PagedStream(self.stdout, columns, rows, command)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if self.paged is not None:
            self.paged.finish(failed=error is not None and not isinstance(error, typer.Exit))

    def suggested(self, command: str) -> str:
        """Return a command to type next, with --catalogue if it was given."""
        if not self.catalogue:
            return command
        import shlex  # 2 ms, only where a catalogue is named

        return f"{command} --catalogue {shlex.quote(self.catalogue)}"

    def write(self, pieces: Iterable[str]) -> None:
        """Write an answer, in ASCII if the encoding is not Unicode."""
        write = self.stdout.write if self.paged is None else self.paged.write
        for piece in pieces:
            write(piece if self.unicode or piece.isascii() else display.ascii_only(piece))

    def write_data(self, pieces: Iterable[str]) -> None:
        """Write data for another program: UTF-8, line ends unchanged, whatever the encoding of stdout."""
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None or self.paged is not None:
            self.write(pieces)
            return
        self.stdout.flush()
        for piece in pieces:
            buffer.write(piece.encode())

    def show(self, *renderables: "RenderableType") -> None:
        """Print tables and cards with Rich; data is never read as markup."""
        from rich.console import Console  # 40 ms, only for people

        console = Console(
            file=cast(IO[str], self.paged or self.stdout if self.unicode and self.links else _LimitedStream(self)),
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
        for renderable in renderables:
            console.print(renderable)

    def note(self, *sentences: str) -> None:
        """Print to stderr, except with --quiet."""
        if not self.quiet:
            for sentence in sentences:
                self.warn(sentence)

    def warn(self, sentence: str) -> None:
        """Print to stderr even with --quiet."""
        line = f"{message_line(sentence)}\n"

        def write() -> None:
            with contextlib.suppress(OSError, ValueError):  # stderr is closed; the answer goes on
                self.stderr.write(line)

        write() if self.paged is None else self.paged.after_answer(write)


class _LimitedStream:
    """A stream for Rich that leaves out links, or writes ASCII."""

    def __init__(self, out: Output) -> None:
        self.out = out
        self.encoding = out.stdout.encoding or "ascii"

    def write(self, piece: str) -> int:
        """Write a piece of output as the terminal can show it."""
        import re  # loaded already by Rich

        if not self.out.links:
            piece = re.sub(r"\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)", "", piece)
        if not self.out.unicode:
            piece = piece.translate(_DRAWN)
        self.out.write([piece])
        return len(piece)

    def flush(self) -> None:
        """Do nothing: stdout is flushed at the end."""


# ASCII for the characters of drawings, one for one; text of the catalogue is converted before it is laid out
_DRAWN = str.maketrans(
    "–—…·•’‘“”─━│╭╮╰╯┌┐└┘├┤┬┴┼╴┄◀▶▄▁▃▅▆█▏▎▍▌▋▊▉",
    "--~-*''\"\"-=|+++++++++++++-~<>#.:+*#|||####",
)

MAX_LINE = 1000  # characters on standard error; arguments, which it quotes, can have thousands


def message_line(sentence: str) -> str:
    """Return a message as one line; a very long one without its middle, as the reason may come last."""
    line = display.terminal_safe(sentence)
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE // 2]}...{line[3 - MAX_LINE // 2 :]}"


def problem_line(problem: Problem) -> str:
    """Return a problem as one line: position, message, hint."""
    message, hint = (shortened(display.terminal_safe(part)) for part in (problem.message, problem.hint))
    return str(problem._replace(message=message, hint=hint))


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal; False if it is closed."""
    try:
        return stream.isatty()
    except ValueError:
        return False
