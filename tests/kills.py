"""Kill a function at any moment, without a clock: moments are counted in calls of Python and C functions."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any


def count_calls(function: Callable[[], object]) -> int:
    """Return how many calls and returns of functions happen while ``function`` runs."""
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


def moments(function: Callable[[], object], number: int) -> Iterator[int]:
    """Yield ``number`` moments at even distances from the first call of ``function`` to its last."""
    calls = count_calls(function)
    return (calls * moment // number + 1 for moment in range(number))


def killed(function: Callable[[], object], moment: int) -> bool:
    """Run ``function`` in a child process that kills itself at a moment; return False if it ended before that."""
    child = os.fork()
    if not child:
        calls = 0

        def count(*_: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        with contextlib.suppress(BaseException):
            sys.setprofile(count)
            function()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
