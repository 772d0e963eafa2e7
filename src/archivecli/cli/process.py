"""The process around a command: streams, signals, internal errors. Imports nothing slow."""

import atexit
import codecs
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last two do not exist on every system
_handled: list[int] = []


class Terminated(BaseException):
    """A signal, given by its number, ends the program; not an Exception, so that nothing catches it by mistake."""


def leave(number: int, frame: FrameType | None = None) -> NoReturn:
    """Exit at once with the code of a signal: 130 for Ctrl-C, 143 for SIGTERM."""
    os._exit(128 + number)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    _handle(signal.SIG_IGN)  # so that cleaning up is not interrupted
    raise Terminated(number)


def _handle(action: Any) -> None:
    for number in _handled:
        signal.signal(number, action)


def prepare() -> None:
    """Handle signals and closed streams, before slow imports, so that Ctrl-C is quiet during them."""
    gc.set_threshold(50_000)  # new objects; a short run has next to no garbage in cycles
    found = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    # a signal that the parent process ignores (nohup, a background job) stays ignored
    _handled[:] = [number for number in found if signal.getsignal(number) is not signal.SIG_IGN]
    _handle(leave)
    _fill_streams()
    sys.argv[1:] = map(_as_utf8, sys.argv[1:])
    for name in ("COLUMNS", "LINES"):  # a number of 5,000 digits stops Rich
        if len(os.environ.get(name, "")) > 6:
            del os.environ[name]


def _as_utf8(argument: str) -> str:
    """Decode an argument as UTF-8 if the locale could not decode it, so that Python escaped its bytes."""
    if any("\udc80" <= character <= "\udcff" for character in argument):
        with contextlib.suppress(UnicodeError):
            return os.fsencode(argument).decode()
    return argument


def _fill_streams() -> None:
    """Replace closed streams, so that no file that we open gets their numbers; writing an answer then fails."""
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # gets the lowest free number, this one
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    elif os.environ.get("PYTHONUNBUFFERED"):
        # without a buffer Python ignores short writes: on a full disk the rest would be lost silently
        encoding, errors = sys.stdout.encoding, sys.stdout.errors
        sys.stdout = open(1, "w", 1, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def _transliterated(error: UnicodeError) -> tuple[str, int]:
    """Return ASCII for what cannot be encoded, and where to continue: an error handler for codecs."""
    assert isinstance(error, UnicodeEncodeError)
    from archivecli.display import ascii_only  # only for encodings without Unicode

    return ascii_only(error.object[error.start : error.end]), error.end


codecs.register_error("archive.transliterate", _transliterated)


def accept_any_text(stream: Any) -> None:
    """Let a stream write ASCII for what its encoding lacks, also in Typer's help."""
    encoding = getattr(stream, "encoding", None) or ""
    if not encoding.lower().startswith("utf") and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="archive.transliterate")


def run(command: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its code, or with 128 plus the number of a signal; never with a traceback."""
    sys.unraisablehook = _unraisable
    try:
        _handle(_stop)
        code = command()
        _handle(signal.SIG_IGN)
    except Terminated as stopped:
        leave(stopped.args[0])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException as error:
        code = _report_bug(error)
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    if alone and not sys.gettrace() and not sys.getprofile():
        # exit without interpreter teardown, which takes a sixth of a short run
        with contextlib.suppress(OSError, ValueError, AttributeError):  # full disk, closed stream, no stream
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code & 0xFF)
    sys.exit(code)


def _unraisable(event: Any) -> None:
    """Exit for a signal that arrived where Python cannot raise; show other such errors only with ARCHIVE_DEBUG."""
    if isinstance(event.exc_value, Terminated):
        leave(event.exc_value.args[0])
    if os.environ.get("ARCHIVE_DEBUG"):
        sys.__unraisablehook__(event)


def _report_bug(error: BaseException) -> int:
    """Report an internal error in one line; with ARCHIVE_DEBUG=1, print the traceback, too."""
    if os.environ.get("ARCHIVE_DEBUG"):
        import traceback

        traceback.print_exception(error)
    message = " ".join(ascii(str(error)).strip("'\"").split())[:200]
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"archive: this should not have happened: {type(error).__name__}: {message}\n")
        sys.stderr.write("  please report it; ARCHIVE_DEBUG=1 shows where it happened\n")
        discard(sys.stdout)
    return 1


def discard(stream: Any) -> None:
    """Discard what a stream has buffered, so that the last flush of the interpreter does not fail."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # a substitute for a stream, in tests
        number = stream.fileno()
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, number)
        os.close(devnull)
