"""Writing a file whole or not at all."""

import contextlib
import os
import signal
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

from archivecli.errors import OutputError


def write_file(name: str, pieces: Iterable[str], force: bool = False) -> None:
    """Write text as UTF-8 into the file ``name``; raise OutputError where that cannot be done.

    Another reader sees the old file or the new one, never a part: the text goes into a temporary file of the same
    folder, which then takes the name. A file that exists stays unless ``force``. Devices and pipes are written to.
    """
    try:
        target = Path(os.path.realpath(name))
        before = _look(target)
        if before is not None and not stat.S_ISREG(before.st_mode):
            _write_through(target, pieces, before)
        elif before is not None and not force:
            raise _exists(name)
        else:
            _write_whole(target, name, pieces, before)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {name}: {reason[:1].lower()}{reason[1:]}") from error


def _look(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _exists(name: str) -> OutputError:
    return OutputError(f"{name} exists", "--force overwrites it")


def _write_through(target: Path, pieces: Iterable[str], found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise OSError(0, "it is a folder")
    with target.open("wb") as file:
        for piece in pieces:
            file.write(piece.encode())


def _write_whole(target: Path, name: str, pieces: Iterable[str], before: os.stat_result | None) -> None:
    temporary = target.with_name(f".archive-{os.urandom(6).hex()}.part")
    with _cleaned(temporary):
        # not tempfile, which makes files private: the umask decides, as for any other program
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with open(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece.encode())
            file.flush()
            os.fsync(descriptor)
        if before is not None:
            os.chmod(temporary, stat.S_IMODE(before.st_mode))
            os.replace(temporary, target)
        else:
            _take_name(temporary, target, name)


def _take_name(temporary: Path, target: Path, name: str) -> None:
    """Name the file, unless somebody made one of that name in the meantime."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _exists(name) from None
    except OSError:  # a file system without links
        if target.exists():
            raise _exists(name) from None
        os.replace(temporary, target)


@contextlib.contextmanager
def _cleaned(temporary: Path) -> Iterator[None]:
    """Take the temporary file away however this ends, also by a signal, which then takes its course."""
    caught: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        raise KeyboardInterrupt

    before = {}
    for number in (getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)):
        if signal.getsignal(number) is signal.SIG_DFL:  # what is ignored, as under nohup, stays ignored
            with contextlib.suppress(ValueError):  # not the main thread
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        temporary.unlink(missing_ok=True)
        for number, handler in before.items():
            signal.signal(number, handler)
        if caught:
            os.kill(os.getpid(), caught[0])
