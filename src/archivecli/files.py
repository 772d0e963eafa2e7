"""Files: where they are, those of a catalogue and their state, reading them, and writing one whole or not at all."""

import errno
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from archivecli.errors import CatalogueError, OutputError, Problem

if TYPE_CHECKING:
    from hashlib import blake2b
else:
    try:
        from _blake2 import blake2b  # what hashlib gives, without the 3 ms that it takes to load OpenSSL
    except ImportError:
        from hashlib import blake2b

APP = "archivecli"
SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 2 * 1024**3  # of one file
MAX_LINE = 8 * 1024**2  # bytes


def embedded_catalogue() -> Path:
    """Return the catalogue that ships with the package: inside the wheel, or at the top of a checkout."""
    shipped = package_data("events.yaml")
    return shipped if shipped.exists() else Path(__file__).parent.parent.parent / "data" / "events.yaml"


def package_data(name: str) -> Path:
    """Return the path of a file that is installed with the package."""
    return Path(__file__).parent / "data" / name


def cache_folder() -> Path | None:
    """Return the folder for derived files (``ARCHIVE_CACHE`` or the platform's), or None without a home."""
    if given := os.environ.get("ARCHIVE_CACHE"):
        return Path(given)
    return _platform_folder("XDG_CACHE_HOME", ".cache", "user_cache_path")


def config_folder() -> Path | None:
    """Return the folder for the user's settings, or None without a home."""
    return _platform_folder("XDG_CONFIG_HOME", ".config", "user_config_path")


def _platform_folder(variable: str, fallback: str, platform_function: str) -> Path | None:
    if os.name == "posix" and os.uname().sysname != "Darwin":  # without an import: platformdirs takes 20 ms
        base = os.environ.get(variable, "")
        if os.path.isabs(base):
            return Path(base) / APP
        home = os.environ.get("HOME", "")
        return Path(home) / fallback / APP if os.path.isabs(home) else None
    import platformdirs

    folder: Path = getattr(platformdirs, platform_function)(APP, appauthor=False)
    return folder


class FileState(NamedTuple):
    """What ``stat`` reports of a file; equal states mean equal content, except within one tick of the clock."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class Source(NamedTuple):
    """One file of a catalogue."""

    path: str
    state: FileState


class Known(NamedTuple):
    """A file that need not be read again: the hash of its content, and its bytes before the events."""

    digest: str
    head: bytes


def state_of(status: os.stat_result) -> FileState:
    """Return the state in the result of ``stat``."""
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def hashed(data: bytes = b"", size: int = 16) -> "blake2b":
    """Return a hash of ``data``, to which more can be added; ``size`` is that of its digest in bytes."""
    return blake2b(data, digest_size=size)


def survey(path: Path) -> tuple[list[Source], list[Problem]]:
    """Return the file at ``path`` or the YAML files below it, and the problems of unreadable ones; raise CatalogueError."""
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise unreadable(str(path), error) from None
    return _in_folder(path) if stat.S_ISDIR(status.st_mode) else ([_source(str(path), status)], [])


def _error(path: str, code: str, message: str, hint: str = "") -> CatalogueError:
    return CatalogueError([Problem(path, 0, 0, code, message, hint)])


def _in_folder(folder: Path) -> tuple[list[Source], list[Problem]]:
    found: list[Source] = []
    problems: list[Problem] = []

    def missed(error: OSError) -> None:
        problems.extend(unreadable(error.filename or str(folder), error).problems)

    for parent, folders, files in os.walk(folder, onerror=missed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(SUFFIXES) and not name.startswith("."):
                path = os.path.join(parent, name)
                try:
                    found.append(_source(path, os.stat(path)))
                except OSError as error:
                    missed(error)
                except CatalogueError as error:
                    problems += error.problems
    if not found and not problems:
        hint = "a folder is a catalogue when it holds .yaml or .yml files"
        raise _error(str(folder), "no-files", "no catalogue in this folder", hint)
    return sorted(found), sorted(problems)


def _source(path: str, status: os.stat_result) -> Source:
    if not stat.S_ISREG(status.st_mode):
        raise _error(path, "not-a-file", "this is not a regular file", "name a YAML file")
    if status.st_size > MAX_BYTES:
        raise _error(path, "size", "the file is too large", f"the limit is {MAX_BYTES // 1024**3} GiB a file")
    return Source(path, state_of(status))


def unreadable(path: str, error: OSError | ValueError) -> CatalogueError:
    """Return the error for a file that cannot be opened or read."""
    reason = getattr(error, "strerror", None) or str(error)
    hint = "check the path" if isinstance(error, FileNotFoundError) else ""
    return _error(path, "unreadable", f"cannot be read: {reason}", hint)


def too_little_memory(path: str) -> CatalogueError:
    """Return the error for a file that does not fit into memory."""
    hint = "break it up into several files in one folder"
    return _error(path, "memory", "there is not enough memory to read this", hint)


def open_binary(path: str) -> int:
    """Return the descriptor of a file opened for reading; a FIFO in its place does not block."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def read(source: Source) -> tuple[bytes, Source]:
    """Return the bytes of a file and its state; raise CatalogueError, also if it changes while it is read."""
    for _ in range(3):
        try:
            with open(open_binary(source.path), "rb") as file:
                before = _source(source.path, os.fstat(file.fileno()))
                data = _read_all(file, before)
                after = state_of(os.fstat(file.fileno()))
        except OSError as error:
            raise unreadable(source.path, error) from None
        if after == before.state and len(data) == after.size:
            return data, before
    raise _error(source.path, "changing", "the file changes while it is read", "try again in a moment")


def _read_all(file: IO[bytes], source: Source) -> bytes:
    """Return all bytes of an open file; stop early at a NUL byte or a line over MAX_LINE, which no text file has."""
    pieces: list[bytes] = []
    lines, line_length, left = 1, 0, source.state.size + 1  # one more than there should be: it grows
    while left > 0 and (piece := file.read(min(1024 * 1024, left))) != b"":
        if piece is None:
            raise BlockingIOError(errno.EAGAIN, "nothing to read yet")
        if b"\0" in piece:
            before = b"".join([*pieces, piece[: piece.index(b"\0")]])
            raise CatalogueError([_no_text(source.path, before, piece)])
        first_end = piece.find(b"\n")
        if line_length + (len(piece) if first_end < 0 else first_end) > MAX_LINE:
            what, limit = (
                "a line longer than a catalogue may have",
                f"the limit is {MAX_LINE // 1024**2} MiB; break it up",
            )
            raise CatalogueError([Problem(source.path, lines, 1, "size", what, limit)])
        lines += piece.count(b"\n")
        line_length = line_length + len(piece) if first_end < 0 else len(piece) - piece.rfind(b"\n") - 1
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _no_text(path: str, before: bytes, piece: bytes) -> Problem:
    """Return the problem of a file with a NUL byte in ``piece``, after ``before``."""
    # UTF-16 has a byte-order mark, or a zero in every other byte of English
    wide = re.match(rb"\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0]", piece, re.DOTALL)
    if wide and len(before) < 4:
        return Problem(path, 1, 1, "encoding", "the file is UTF-16 or UTF-32", "save it as UTF-8")
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    what = "the character U+0000 is not allowed in a catalogue"
    return Problem(path, line, column, "character", what, "is this a text file?")


def write_file(name: str, pieces: Iterable[str], force: bool = False, protected: Path | None = None) -> None:
    """Write a UTF-8 file; raise OutputError if it exists (without ``force``), or cannot be written.

    Another reader sees the old file or the new one, never a part. The catalogue ``protected`` is never changed: its files
    are not overwritten, and its folder gets no new ones. Devices and pipes are written to directly.
    """
    try:
        before = os.stat(name) if os.path.exists(name) else None
        if before is not None and stat.S_ISDIR(before.st_mode):
            raise OSError(0, "it is a folder")
        if before is not None and not stat.S_ISREG(before.st_mode):
            with open(name, "wb") as file:
                file.writelines(piece.encode() for piece in pieces)
        elif before is not None and protected is not None and _is_part(before, protected):
            raise OutputError(f"{name} is the catalogue itself", "choose another file")
        elif protected is not None and _would_join(name, protected):
            what = f"{name} would become part of the catalogue, which is every YAML file in the folder {protected}"
            raise OutputError(what, "write it into another folder, or with another suffix")
        elif before is not None and not force:
            raise OutputError(f"{name} exists", "--force overwrites it")
        else:
            _write_whole(name, pieces, before)
    except BrokenPipeError:
        raise  # the app ends quietly, as for standard output
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {name}: {reason[:1].lower()}{reason[1:]}") from error


def _is_part(found: os.stat_result, catalogue: Path) -> bool:
    return any(state_of(found)[:2] == source.state[:2] for source in survey(catalogue)[0])


def _would_join(name: str, catalogue: Path) -> bool:
    """Return whether the catalogue is a folder of which a file of this name would become part."""
    if not name.endswith(SUFFIXES) or not catalogue.is_dir():
        return False
    folder, (parent, base) = os.path.realpath(catalogue), os.path.split(name)
    paths = Path(os.path.realpath(parent or os.curdir), base), Path(os.path.realpath(name))  # a link, and its target
    inside = [path.relative_to(folder).parts for path in paths if path.is_relative_to(folder)]
    return any(not any(part.startswith(".") for part in parts) for parts in inside)  # hidden files are not read


def _write_whole(name: str, pieces: Iterable[str], before: os.stat_result | None) -> None:
    """Write a temporary file in the same folder, and rename it."""
    target = Path(os.path.realpath(name))  # a link stays a link to what is written
    temporary = target.with_name(f".archive-{os.urandom(6).hex()}.part")
    try:
        with open(temporary, "xb") as file:  # not tempfile, whose files are private: the umask decides, as it should
            file.writelines(piece.encode() for piece in pieces)
            file.flush()
            os.fsync(file.fileno())
        if before is not None:
            os.chmod(temporary, stat.S_IMODE(before.st_mode))
            os.replace(temporary, target)
            return
        try:
            os.link(temporary, target)  # not replace: the name may have been taken in the meantime
        except (OSError, AttributeError):  # taken, or a file system or a system without links
            if os.path.lexists(target):
                raise OutputError(f"{name} exists", "--force overwrites it") from None
            os.replace(temporary, target)
    finally:  # also after a signal, which ``cli.process`` turns into an exception
        temporary.unlink(missing_ok=True)
