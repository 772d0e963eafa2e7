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
        self.stdout, self.pager = stdout, pager
        self.columns, self.rows = columns, rows
        self.encoding = getattr(stdout, "encoding", None) or "ascii"
        self._held: list[str] = []
        self._later: list[Callable[[], None]] = []
        self._lines = 0
        self._process: subprocess.Popen[bytes] | None = None

    def flush(self) -> None:
        """Do nothing: the answer is held back until it is complete or longer than the screen."""

    def write(self, piece: str) -> int:
        """Hold a piece of output back, or write it to the pager."""
        if self._process is not None:
            self._feed(self._process, piece)
        else:
            self._held.append(piece)
            lines = map(_visible, piece.split("\n")[:-1])
            self._lines += sum(1 + display.width(line) // (self.columns + 1) for line in lines)
            if self._lines >= self.rows:
                self._start()
        return len(piece)

    def after_answer(self, write: Callable[[], None]) -> None:
        """Call ``write``, which writes a note: at the end if the answer has begun, else now."""
        if self._held or self._process is not None:
            self._later.append(write)
        else:
            write()

    def finish(self, failed: bool = False) -> None:
        """Write what is held back (unless the command has failed), or wait for the pager; then write the notes."""
        if self._process is None:
            self.stdout.write("" if failed else "".join(self._held))
            self.stdout.flush()
        else:
            self._close(self._process)
        for write in self._later:
            write()

    def _close(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()

    def _start(self) -> None:
        import subprocess  # 5 ms, only for long answers

        program = shutil.which(self.pager[0]) if self.pager else None
        if program is not None:
            self.stdout.flush()
            with contextlib.suppress(OSError):
                is_less = os.path.splitext(os.path.basename(program))[0].lower() == "less"
                colours = ["-R"] if is_less and "R" not in os.environ.get("LESS", LESS) else []
                arguments = [program, *colours, *self.pager[1:]]
                environment = {"LESS": LESS, "LV": "-c", **os.environ}
                self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, env=environment)
        held, self._held = "".join(self._held), []
        if self._process is None:
            self.rows = 1 << 60  # do not try again
            self.stdout.write(held)
            return
        # Ctrl-C is for the pager: less stops a search with it
        with contextlib.suppress(ValueError):  # not the main thread
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._feed(self._process, held)

    def _feed(self, process: "subprocess.Popen[bytes]", piece: str) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(piece.encode(self.encoding, "backslashreplace"))
        except BrokenPipeError:
            self._close(process)
            raise


def _visible(line: str) -> str:
    """Return a line without styles and URLs of links, which have no width."""
    if "\x1b" not in line:
        return line
    import re  # loaded already wherever there is colour

    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)", "", line)
