"""Running commands side by side: medians of paired runs, so that a noisy machine disturbs all of them alike."""

import os
import pty
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Command = Sequence[str]


class Cost(NamedTuple):
    """What one run took: seconds of the clock, and the most memory (bytes) of all its processes together."""

    seconds: float
    memory: int


def environment(cache: str) -> dict[str, str]:
    """Return the environment of this process without settings that change what is measured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ARCHIVE_"))}
    return kept | {"ARCHIVE_CACHE": cache, "TERM": "xterm-256color"}


def run(command: Command, env: Mapping[str, str], terminal: bool = False) -> float:
    """Run a command with its output thrown away and return its seconds; at a terminal of its own if asked."""
    begin = time.perf_counter()
    if terminal:
        _at_terminal(command, env)
    else:
        subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    return time.perf_counter() - begin


def _at_terminal(command: Command, env: Mapping[str, str]) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(command, env=env, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    try:
        while os.read(master, 65536):
            pass
    except OSError:  # the other side is closed
        pass
    os.close(master)
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, list(command))


def first_line(command: Command, env: Mapping[str, str]) -> float:
    """Run ``command | head -1`` and return its seconds."""
    begin = time.perf_counter()
    with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
    return time.perf_counter() - begin


def paired(tasks: Mapping[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """Run all tasks in turn, ``runs`` times after a first time that does not count; return the seconds of each."""
    for task in tasks.values():
        task()
    found: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            found[name].append(task())
    return found


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the ratios of runs that were made in the same round."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def cost(command: Command, env: Mapping[str, str]) -> Cost:
    """Run a command once, watching its memory and that of the processes that it starts (Linux; 0 elsewhere)."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    most = [0]
    ended = threading.Event()

    def watch() -> None:
        pause = 0.02
        while not ended.wait(pause):
            looked = time.perf_counter()
            most[0] = max(most[0], _memory(process.pid))
            pause = max(0.02, 50 * (time.perf_counter() - looked))  # looking must not take what is measured

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - begin
    ended.set()
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, list(command))
    return Cost(seconds, most[0])


def _memory(number: int) -> int:
    """Return the proportional share of memory of a process and its children: what they share counts once."""
    found = 0
    try:
        with open(f"/proc/{number}/task/{number}/children") as children:
            numbers = [number, *map(int, children.read().split())]
        for one in numbers:
            with open(f"/proc/{one}/smaps_rollup") as rollup:
                found += 1024 * int((re.search(r"Pss:\s+(\d+)", rollup.read()) or [0, 0])[1])
    except OSError:
        pass
    return found
