"""A command line in a process that may use only so much memory and time: what hostile input is tried on."""

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NoReturn

import pytest

from conftest import Result

for name in (
    "__main__",
    "cli.commands.list",
    "cli.commands.show",
    "catalogue.loading",
    "index.build",
    "render",
):
    importlib.import_module(f"archivecli.{name}")  # once here, and no forked process need do so
for name in ("yaml", "rapidfuzz.process", "anyascii"):
    importlib.import_module(name)

resource = pytest.importorskip("resource", reason="limits of memory and time are those of POSIX")

MEMORY = 300 * 1024**2
"""Bytes of address space that a command may take beyond what it begins with."""

SECONDS = 60
"""Of processor time, on a very slow machine; what is tried takes well under one on a usual one."""


def limited(
    *args: str,
    memory: int = MEMORY,
    environment: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> Result:
    """Run a command line and return what it wrote and how it ended: by which signal, where the code is negative.

    The process is a fork of this one, which spares it the imports; ``before`` runs in it first.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _become(args, memory, environment or {}, before, out.fileno(), err.fileno())
        code = _ended(child)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode("utf-8", "backslashreplace"))
    return Result(code, *said)


def _ended(child: int) -> int:
    last = time.monotonic() + 6 * SECONDS
    while time.monotonic() < last:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, 9)
    os.waitpid(child, 0)
    raise TimeoutError("the command hangs")


def _become(
    args: tuple[str, ...],
    memory: int,
    environment: Mapping[str, str],
    before: Callable[[], None] | None,
    out: int,
    err: int,
) -> NoReturn:
    code = 99
    with suppress(BaseException):
        os.environ.update(environment)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, target in enumerate((nothing, out, err)):
            os.dup2(target, number)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + memory,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if before:
            before()
        code = _main(args)
    os._exit(code)


def _main(args: tuple[str, ...]) -> int:
    from archivecli.__main__ import main

    sys.argv = ["archive", *args]
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 98
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _address_space() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def refused(result: Result, *said: str, place: str = "", code: int = 1) -> None:
    """Check that a run failed as promised: its code, nothing on stdout, words and a place on stderr, and no flood."""
    assert result.code == code, result
    assert result.out == ""
    assert "Traceback" not in result.err
    assert "should not have happened" not in result.err
    assert len(result.err) < 400_000
    for words in (place, *said):
        assert words in result.err, result.err
