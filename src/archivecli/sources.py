"""The files of a catalogue: which they are, what state they are in, and their bytes."""

import errno
import os
import stat
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from archivecli.errors import CatalogueError, Problem

if TYPE_CHECKING:
    from hashlib import blake2b
else:
    try:
        from _blake2 import blake2b  # what hashlib gives, without the 3 ms that it takes to load OpenSSL
    except ImportError:
        from hashlib import blake2b

SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 2 * 1024**3  # of one file
MAX_LINE = 8 * 1024**2  # bytes of one line


class FileState(NamedTuple):
    """The metadata of a file; equal states mean equal content, except within one tick of the clock."""

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
    """A file that need not be read again: a hash of its content, and the text beside its events."""

    digest: str
    head: bytes


def state_of(status: os.stat_result) -> FileState:
    """Return the state of a file from its ``stat`` result."""
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def hashed(data: bytes = b"", size: int = 16) -> "blake2b":
    """Return a hash of ``data``, to which more can be added; its digest has ``size`` bytes."""
    return blake2b(data, digest_size=size)


def find(path: Path) -> list[Source]:
    """Return the file at ``path``, or the YAML files below it, sorted by name; raise CatalogueError."""
    found, problems = survey(path)
    if problems:
        raise CatalogueError(problems)
    return found


def survey(path: Path) -> tuple[list[Source], list[Problem]]:
    """Return the files of a catalogue as ``find`` does, and a problem for each that cannot be read.

    Raise CatalogueError if there is neither a file nor a folder, or a folder without a file.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise unreadable(str(path), error) from None
    return _in_folder(path) if stat.S_ISDIR(status.st_mode) else ([_source(str(path), status)], [])


def _in_folder(folder: Path) -> tuple[list[Source], list[Problem]]:
    found: list[Source] = []
    problems: list[Problem] = []

    def missed(error: OSError) -> None:
        problems.extend(unreadable(error.filename or str(folder), error).problems)

    for parent, folders, files in os.walk(folder, onerror=missed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
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
        raise CatalogueError([Problem(str(folder), 0, 0, "no-files", "no catalogue in this folder", hint)])
    return sorted(found), sorted(problems)


def _source(path: str, status: os.stat_result) -> Source:
    if not stat.S_ISREG(status.st_mode):
        raise CatalogueError([Problem(path, 0, 0, "not-a-file", "this is not a regular file", "name a YAML file")])
    if status.st_size > MAX_BYTES:
        limit = f"the limit is {MAX_BYTES // 1024**3} GiB a file"
        raise CatalogueError([Problem(path, 0, 0, "size", "the file is too large", limit)])
    return Source(path, state_of(status))


def unreadable(path: str, error: OSError | ValueError) -> CatalogueError:
    """Return the error for a file that cannot be read."""
    reason = getattr(error, "strerror", None) or str(error)
    hint = "check the path" if isinstance(error, FileNotFoundError) else ""
    return CatalogueError([Problem(path, 0, 0, "unreadable", f"cannot be read: {reason}", hint)])


def too_little_memory(path: str) -> CatalogueError:
    """Return the error for a file that needs more memory than there is."""
    hint = "break it up into several files in one folder"
    return CatalogueError([Problem(path, 0, 0, "memory", "there is not enough memory to read this", hint)])


def open_binary(path: str) -> int:
    """Return the descriptor of a file opened for reading; a FIFO in its place does not block."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def read(source: Source) -> tuple[bytes, Source]:
    """Return the bytes of a file and its state while they were read; raise CatalogueError.

    A file that changes meanwhile is read again, at most three times.
    """
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
    problem = Problem(source.path, 0, 0, "changing", "the file changes while it is read", "try again in a moment")
    raise CatalogueError([problem])


_PIECE = 1024 * 1024


def _read_all(file: IO[bytes], source: Source) -> bytes:
    """Return all bytes of an open file; raise CatalogueError early if it is not text: a NUL, an endless line."""
    pieces: list[bytes] = []
    lines, line_length, left = 1, 0, source.state.size + 1  # one more byte shows that the file grows
    while left > 0 and (piece := file.read(min(_PIECE, left))) != b"":
        if piece is None:
            raise BlockingIOError(errno.EAGAIN, "there is no data to read yet")
        if b"\0" in piece:
            before = b"".join([*pieces, piece[: piece.index(b"\0")]])
            raise CatalogueError([_not_text(source.path, before, piece)])
        first_end = piece.find(b"\n")
        if line_length + (len(piece) if first_end < 0 else first_end) > MAX_LINE:
            limit = f"the limit is {MAX_LINE // 1024**2} MiB; break it up"
            problem = Problem(source.path, lines, 1, "size", "a line longer than a catalogue may have", limit)
            raise CatalogueError([problem])
        lines += piece.count(b"\n")
        line_length = line_length + len(piece) if first_end < 0 else len(piece) - piece.rfind(b"\n") - 1
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


_EVERY_OTHER = ([False, True] * 2, [True, False] * 2)  # where UTF-16 has its zero bytes in English text


def _not_text(path: str, before: bytes, piece: bytes) -> Problem:
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    if len(before) < 4 and (
        piece[:2] in (b"\xff\xfe", b"\xfe\xff") or [not byte for byte in piece[:4]] in _EVERY_OTHER
    ):
        return Problem(path, 1, 1, "encoding", "the file is UTF-16 or UTF-32", "save it as UTF-8")
    what = "the character U+0000 is not allowed in a catalogue"
    return Problem(path, line, column, "character", what, "is this a text file?")
