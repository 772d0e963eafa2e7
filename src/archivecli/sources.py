"""The files of a catalogue: which they are, what state they are in, and their bytes."""

import os
import stat
from pathlib import Path
from typing import NamedTuple

from archivecli.errors import CatalogueError, Problem

SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 8 * 1024**3
"""How large one file may be."""


class FileState(NamedTuple):
    """What the file system says of a file; two equal states mean the same content, save within one clock tick."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class Source(NamedTuple):
    """One file of a catalogue."""

    path: str
    state: FileState


def state_of(status: os.stat_result) -> FileState:
    """Return the state that a ``stat`` result tells."""
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def find(path: Path) -> list[Source]:
    """Return the file at ``path``, or the YAML files below it in the order of their names; raise CatalogueError."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            return _in_folder(path)
        return [_source(str(path), status)]
    except OSError as error:
        raise unreadable(str(path), error) from None


def _in_folder(folder: Path) -> list[Source]:
    found: list[Source] = []
    failures: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=failures.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                path = os.path.join(parent, name)
                found.append(_source(path, os.stat(path)))
    if failures:
        raise failures[0]
    if not found:
        hint = "a folder is a catalogue when it holds .yaml or .yml files"
        raise CatalogueError([Problem(str(folder), 0, 0, "no-files", "no catalogue in this folder", hint)])
    return sorted(found)


def _source(path: str, status: os.stat_result) -> Source:
    if not stat.S_ISREG(status.st_mode):
        raise CatalogueError([Problem(path, 0, 0, "not-a-file", "this is not a regular file", "name a YAML file")])
    if status.st_size > MAX_BYTES:
        limit = f"the limit is {MAX_BYTES // 1024**3} GiB a file"
        raise CatalogueError([Problem(path, 0, 0, "size", "the file is too large", limit)])
    return Source(path, state_of(status))


def unreadable(path: str, error: OSError) -> CatalogueError:
    """Return the error for a file that the system does not let us read."""
    reason = error.strerror or str(error)
    hint = "check the path given with --catalogue" if isinstance(error, FileNotFoundError) else ""
    return CatalogueError([Problem(path, 0, 0, "unreadable", f"cannot be read: {reason}", hint)])


def read(source: Source) -> tuple[bytes, Source]:
    """Return the bytes of a file and its state while they were read; raise CatalogueError.

    A file that changes during the reading is read again, three times at most.
    """
    for _ in range(3):
        try:
            # O_NONBLOCK: a FIFO put in the file's place must not hold us up
            descriptor = os.open(source.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with open(descriptor, "rb") as handle:
                before = _source(source.path, os.fstat(descriptor))
                data = handle.read()
                after = state_of(os.fstat(descriptor))
        except OSError as error:
            raise unreadable(source.path, error) from None
        if after == before.state and len(data) == after.size:
            return data, before
    problem = Problem(source.path, 0, 0, "changing", "the file changes while it is read", "try again in a moment")
    raise CatalogueError([problem])
