"""A real terminal for tests: a command runs at one of any size, keys are pressed, and what it shows is returned."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from conftest import HANG

STYLES = re.compile(r"\x1b\[[0-9;]*m")
LINKS = re.compile(r"\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)")


class Seen(NamedTuple):
    """What a command showed at a terminal (stdout and stderr together) and how it ended."""

    code: int
    raw: str

    @property
    def plain(self) -> str:
        return LINKS.sub("", STYLES.sub("", self.raw))

    @property
    def lines(self) -> list[str]:
        return self.plain.splitlines()


def at_a_terminal(
    *args: str,
    keys: str = "",
    columns: int = 80,
    rows: int = 24,
    program: Sequence[str] = (),
    cwd: Path | None = None,
    **environment: str,
) -> Seen:
    """Run ``archive`` (or ``program``) at a terminal; ``keys`` are pressed one after the other once it shows something."""
    command = [*(program or (sys.executable, "-m", "archivecli")), *args]
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def own_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, **environment},
        cwd=cwd,
        preexec_fn=own_terminal,
        close_fds=True,
    )
    os.close(slave)
    try:
        shown = _read(master, keys, process)
        return Seen(process.wait(timeout=HANG), shown.decode("utf-8", "replace").replace("\r\n", "\n"))
    finally:
        process.kill()
        os.close(master)


def _read(master: int, keys: str, process: "subprocess.Popen[bytes]") -> bytes:
    shown = b""
    waiting = list(keys)
    until = time.monotonic() + HANG
    ended = False
    while time.monotonic() < until:
        ready, _, _ = select.select([master], [], [], 0.5)
        if ready:
            with contextlib.suppress(OSError):
                piece = os.read(master, 65536)
                if piece:
                    shown += piece
                    continue
            return shown
        if ended:
            return shown
        ended = process.poll() is not None  # what it wrote before its end may still be there
        if shown and waiting and not ended:
            os.write(master, waiting.pop(0).encode())
    raise AssertionError(f"no end; shown so far: {shown[-2000:]!r}")


class Session:
    """An interactive program at a terminal: type something, and wait for what it shows."""

    def __init__(self, program: Sequence[str], columns: int = 200, **environment: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            program, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **environment}, preexec_fn=own_terminal
        )
        os.close(slave)

    def type(self, keys: str, until: str = "") -> str:
        """Type ``keys`` and return what is shown until that holds ``until`` (until all is quiet, where that is empty)."""
        os.write(self.master, keys.encode())
        shown = ""
        end = time.monotonic() + HANG
        while time.monotonic() < end and not (until and until in shown):
            if not select.select([self.master], [], [], 0.3 if shown and not until else HANG)[0]:
                break
            try:
                shown += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:
                break
        return LINKS.sub("", STYLES.sub("", shown)).replace("\r\n", "\n")

    def end(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)
