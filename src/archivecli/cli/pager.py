"""Show answers that are longer than the screen in a pager."""

import contextlib
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO

from archivecli import display

if TYPE_CHECKING:
    import subprocess

LESS = "FRX"  # exit if the text is short, pass colours through, leave the text on the screen


class PagedStream:
    """A stream to a terminal that starts the pager once the answer is longer than the screen.

    If the user quits the pager, writing raises BrokenPipeError; a pager that cannot be started is ignored.
    """

    def __init__(self, stdout: TextIO, columns: int, rows: int, pager: Sequence[str]) -> None:
        self.stdout = stdout
        self.columns = columns
        self.rows = rows
        self.pager = pager
        self.encoding = getattr(stdout, "encoding", None) or "ascii"
        self._held: list[str] = []
        self._later: list[Callable[[], None]] = []
        self._lines = 0
        self._process: subprocess.Popen[bytes] | None = None

    def isatty(self) -> bool:
        """Return True: this is a terminal."""
        return True

    def flush(self) -> None:
        """Do nothing: the answer is held back until it is complete or longer than the screen."""

    def write(self, piece: str) -> int:
        """Hold a piece of output back, or write it to the pager."""
        if self._process is not None:
            self._feed(piece)
        else:
            self._held.append(piece)
            self._lines += sum(
                1 + display.width(_visible(line)) // (self.columns + 1) for line in piece.split("\n")[:-1]
            )
            if self._lines >= self.rows:
                self._start()
        return len(piece)

    def after_answer(self, write: Callable[[], None]) -> None:
        """Call ``write``, which writes a note: at the end if the answer has begun, else now."""
        if self._held or self._process is not None:
            self._later.append(write)
        else:
            write()

    def finish(self) -> None:
        """Write what is held back, or wait for the pager; then write the notes."""
        if self._process is None:
            self.stdout.write(self._taken())
            self.stdout.flush()
        else:
            with contextlib.suppress(BrokenPipeError):
                assert self._process.stdin is not None
                self._process.stdin.close()
            self._process.wait()
        while self._later:
            self._later.pop(0)()

    def drop(self) -> None:
        """Discard what is held back, since the command has failed."""
        self._held.clear()
        self.finish()

    def _taken(self) -> str:
        held = "".join(self._held)
        self._held.clear()
        return held

    def _start(self) -> None:
        import subprocess  # 5 ms, only for long answers

        program = shutil.which(self.pager[0]) if self.pager else None
        if program is not None:
            self.stdout.flush()
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(
                    [program, *_colours(program), *self.pager[1:]],
                    stdin=subprocess.PIPE,
                    env={"LESS": LESS, "LV": "-c", **os.environ},
                )
        if self._process is None:
            self.rows = 1 << 60  # do not try again
            self.stdout.write(self._taken())
            return
        # Ctrl-C is for the pager: less stops a search with it
        with contextlib.suppress(ValueError):  # not the main thread
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._feed(self._taken())

    def _feed(self, piece: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(piece.encode(self.encoding, "backslashreplace"))
        except BrokenPipeError:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()
            raise


def _colours(program: str) -> list[str]:
    """Return the option with which ``less`` passes colours through, unless LESS has it already."""
    is_less = os.path.splitext(os.path.basename(program))[0].lower() == "less"
    return ["-R"] if is_less and "R" not in os.environ.get("LESS", LESS) else []


def _visible(line: str) -> str:
    """Return a line without styles and URLs of links, which have no width."""
    if "\x1b" not in line:
        return line
    import re  # loaded already wherever there is colour

    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)", "", line)
