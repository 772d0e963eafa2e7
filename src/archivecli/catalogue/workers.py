"""Run a function on many items in worker processes."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

MAX_WORKERS = 8


def map_ordered(function: Callable[[In], Out], items: Sequence[In]) -> Iterator[Out]:
    """Yield the result of ``function``, which must be picklable, for each item, in order."""
    import multiprocessing
    from concurrent.futures import Future, ProcessPoolExecutor  # 15 ms, only for large catalogues
    from concurrent.futures.process import BrokenProcessPool

    can_fork = hasattr(os, "fork") and os.uname().sysname == "Linux"  # on macOS, system libraries do not survive it
    context = multiprocessing.get_context("fork" if can_fork else "spawn")
    workers = min(processors(), MAX_WORKERS, len(items))
    waiting: deque[Future[Out]] = deque()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(function,)) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(_call, item))
                if len(waiting) > 2 * workers:  # enough to keep all workers busy
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:  # the system kills the largest process if memory runs out
            raise MemoryError("a worker process was killed") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_function: Callable[[Any], Any] | None = None  # what this worker process runs


def _start(function: Callable[[Any], Any]) -> None:
    import multiprocessing
    import threading

    global _function
    _function = function
    gc.disable()  # there are no cycles, and looking for them takes half the time
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent ends the others
    threading.Thread(target=_exit_after, args=(multiprocessing.parent_process(),), daemon=True).start()


def _exit_after(parent: Any) -> None:
    """Exit when the parent process has ended, killed or not."""
    parent.join()
    os._exit(1)


def _call(item: Any) -> Any:
    assert _function is not None
    return _function(item)
