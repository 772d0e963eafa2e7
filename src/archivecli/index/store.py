"""Find, open and replace the index of a catalogue in the user's cache folder.

An index is one file, ``catalogue-DIGEST.db``, the user's alone (0600 in 0700), where DIGEST stands for the catalogue's
path. It is written under a temporary name, put in place by one rename and never changed afterwards: a reader has the
whole old index or the whole new one, and a build that is killed leaves nothing but its temporary file, which the next
build removes.

The index carries a stamp: the version of the program, its own inode and modification time, and the state of every file
that it was made from. It is trusted only while all of these still hold. Two edits within one tick of the file system's
clock can have the same time; when a file was changed that shortly before the build, content decides. Any other index
is made again: a large one from a copy in which only what changed is replaced (``index.update``). Where nothing can be
written, the index is made in memory for this one answer.

The folder stays bounded: each build removes indexes that were not used for 90 days, or after which 100 others were used.
"""

import contextlib
import json
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archivecli import __version__, files
from archivecli.errors import CatalogueError, Problem
from archivecli.files import FileState, Source
from archivecli.index.tables import VERSION, Progress

if TYPE_CHECKING:
    from archivecli.catalogue.loader import Catalogue

COARSE_TICK_NS, FINE_TICK_NS = 2_000_000_000, 20_000_000
"""How long two changes may have the same time: two seconds on FAT, one jiffy where times have fractions of a millisecond."""

MIN_UPDATED = 1_000_000
"""Bytes of a catalogue from which on only what changed is compiled; a smaller one is made anew as fast."""

DAY = 86_400
KEEP_DAYS, KEEP_CATALOGUES = 90, 100
"""Indexes that were not used for so long, or that so many others were used after, are cleared away."""

_opened: list[Path] = []
"""The indexes that this process reads."""


def connect(path: Path, progress: Progress | None = None) -> tuple[sqlite3.Connection, str]:
    """Return a read-only connection to the index of the catalogue at ``path`` and where the index comes from.

    That is ``fresh``, ``updated`` (only what had changed was compiled), ``built`` or ``memory`` (made for this answer only,
    as the cache cannot be written). Raise CatalogueError if the catalogue cannot be used.
    """
    began_ns = time.time_ns()
    found, problems = files.survey(path)
    index = None if problems else index_path(path)
    if index is not None:
        connection = _open_fresh(index, found)
        if connection is not None:
            return connection, "fresh"
    from archivecli.catalogue.loader import without_gc  # with what it needs 40 ms, only where something changed

    with without_gc():
        if index is not None and sum(source.state.size for source in found) >= MIN_UPDATED:
            connection = _update(path, index, found, began_ns, progress)
            if connection is not None:
                return connection, "updated"
        return _build(path, index, began_ns, progress)


def index_path(path: Path) -> Path | None:
    """Return where the index of a catalogue is or would be; None without a cache folder."""
    folder = files.cache_folder()
    digest = files.hashed(os.fsencode(os.path.abspath(path)), 12).hexdigest()
    return folder / f"catalogue-{digest}.db" if folder else None


def discard() -> None:
    """Remove the indexes that this process has opened: their stamps were right, and yet they could not be read."""
    for index in _opened:
        _remove(index)


# Reading


def _open_fresh(index: Path, found: Sequence[Source]) -> sqlite3.Connection | None:
    """Return a connection where the index and all files that it was made from are as its stamp says, else None."""
    opened = _open_stamped(index)
    if opened is None:
        return None
    connection, stamp = opened
    with contextlib.suppress(CatalogueError, LookupError, TypeError, ValueError):
        if stamp["files"] == _states(found) and (
            not any(_in_doubt(source.state, stamp["began"]) for source in found)
            or _same_content(found, stamp["digests"])
        ):
            _opened.append(index)
            return connection
    connection.close()
    return None


def _open_stamped(index: Path) -> tuple[sqlite3.Connection, dict[str, Any]] | None:
    """Return a connection to an index that is as it was when it was finished, and its stamp; else None."""
    for _ in range(3):  # another process may replace the index at this very moment
        try:
            status = os.lstat(index)
            if not _is_ours(os.lstat(index.parent), stat.S_ISDIR) or not _is_ours(status, stat.S_ISREG):
                return None
            connection = _open_read_only(index)
        except (OSError, ValueError, sqlite3.Error):
            return None
        try:
            stamp = _read_stamp(connection)
            if stamp["version"] == [__version__, VERSION] and stamp["self"] == [status.st_ino, status.st_mtime_ns]:
                return connection, stamp
        except (sqlite3.Error, LookupError, TypeError, ValueError, RecursionError):
            pass
        connection.close()
        with contextlib.suppress(OSError):
            if files.state_of(os.lstat(index)) == files.state_of(status):
                return None
    return None


def _read_stamp(connection: sqlite3.Connection) -> dict[str, Any]:
    (text,) = connection.execute("SELECT value FROM meta WHERE key = 'stamp'").fetchone()
    stamp: dict[str, Any] = json.loads(text)
    return stamp


def _is_ours(status: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Return whether a file is of the wanted kind and only its owner, who is the user, can have written it."""
    if not kind(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _states(found: Sequence[Source]) -> list[list[Any]]:
    return [[os.path.abspath(path), *state] for path, state in found]


def _in_doubt(state: FileState, began_ns: int) -> bool:
    """Return whether a file changed so shortly before ``began_ns`` that an edit after it may have the same times."""
    times = (state.modified_ns, state.changed_ns)
    tick_ns = FINE_TICK_NS if all(time_ns % 1_000_000 for time_ns in times) else COARSE_TICK_NS
    return max(times) > began_ns - tick_ns


def _same_content(found: Sequence[Source], digests: list[str]) -> bool:
    contents = [files.read(source)[0] for source in found]
    return [files.hashed(data).hexdigest() for data in contents] == digests


def _open_read_only(index: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    _harden(connection)
    return connection


def _harden(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")


# Making


def _build(path: Path, index: Path | None, began_ns: int, progress: Progress | None) -> tuple[sqlite3.Connection, str]:
    """Build the index: in the cache folder if that can be written, else in memory."""
    from archivecli.index.writer import build
    from archivecli.readers.layout import Changed

    for _ in range(3):
        try:
            if index is not None:
                with contextlib.suppress(OSError, sqlite3.DatabaseError):
                    catalogue = _open(path)
                    return _write(
                        catalogue, index, began_ns, partial(build, catalogue=catalogue, progress=progress)
                    ), "built"
            with contextlib.suppress(sqlite3.DatabaseError):
                return _build_privately(
                    "", _open(path), progress
                ), "memory"  # SQLite's own temporary file, if it grows large
            return _build_privately(":memory:", _open(path), progress), "memory"  # no room for that either
        except Changed:
            pass
    raise CatalogueError(
        [Problem(str(path), 0, 0, "changing", "a file changes while it is read", "try again in a moment")]
    )


def _open(path: Path) -> "Catalogue":
    from archivecli.catalogue.loader import Catalogue

    return Catalogue(path)


def _build_privately(place: str, catalogue: "Catalogue", progress: Progress | None) -> sqlite3.Connection:
    from archivecli.index.writer import build

    connection = sqlite3.connect(place, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", *(["temp_store = MEMORY"] if place else [])):
        connection.execute(f"PRAGMA {pragma}")
    build(connection, catalogue, progress)
    _harden(connection)
    return connection


def _update(
    path: Path, index: Path, found: list[Source], began_ns: int, progress: Progress | None
) -> sqlite3.Connection | None:
    """Return a connection to an index made from the one in place, by what differs; None if that is not possible."""
    opened = _open_stamped(index)
    if opened is None:
        return None
    connection, stamp = opened
    connection.close()
    from archivecli.index import update, writer
    from archivecli.readers.layout import Changed

    try:
        difference = update.compare(index, path, found, _same_files(stamp, found))

        def fill(connection: sqlite3.Connection) -> None:
            if difference.gone or difference.new:
                writer.update(connection, difference.catalogue, difference.gone, progress)

        return _write(difference.catalogue, index, began_ns, fill, copied=stamp)
    except (writer.StaleIndex, Changed, OSError, sqlite3.Error):
        return None


def _same_files(stamp: dict[str, Any], found: Sequence[Source]) -> dict[str, str]:
    """Return the files that are certainly as they were when the index was built, with the digest of their content."""
    before = {state[0]: (state, digest) for state, digest in zip(stamp["files"], stamp["digests"], strict=True)}
    same: dict[str, str] = {}
    for source, state in zip(found, _states(found), strict=True):
        known, digest = before.get(state[0], (None, ""))
        if known == state and not _in_doubt(source.state, stamp["began"]):
            same[state[0]] = digest
    return same


def _write(
    catalogue: "Catalogue",
    index: Path,
    began_ns: int,
    fill: Callable[[sqlite3.Connection], None],
    copied: dict[str, Any] | None = None,
) -> sqlite3.Connection:
    """Put an index in place that ``fill`` completes, from nothing or from a copy of the one whose stamp is ``copied``."""
    _make_folder(index.parent)
    if not _is_ours(os.lstat(index.parent), stat.S_ISDIR):
        raise OSError("the cache folder is not the user's own")
    _clear(index.parent)
    with _temporary_file(index) as temporary:
        if copied is not None:
            _copy(index, temporary, copied)
        connection = sqlite3.connect(
            f"{temporary.absolute().as_uri()}?mode=rw&nolock=1", uri=True, isolation_level=None
        )
        try:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16000"):
                connection.execute(f"PRAGMA {pragma}")
            fill(connection)
            other = _open_fresh(index, catalogue.sources)
            if other is not None:  # another process was faster
                return other
            _write_stamp(connection, temporary, catalogue, began_ns)
        finally:
            connection.close()
        sealed_ns = _sealed_ns(began_ns)
        os.utime(temporary, ns=(sealed_ns, sealed_ns))
        os.replace(temporary, index)
    _opened.append(index)
    return _open_read_only(index)


def _write_stamp(connection: sqlite3.Connection, temporary: Path, catalogue: "Catalogue", began_ns: int) -> None:
    stamp = {
        "version": [__version__, VERSION],
        "self": [os.lstat(temporary).st_ino, _sealed_ns(began_ns)],
        "began": began_ns,
        "files": _states(catalogue.sources),
        "digests": catalogue.digests,
    }
    text = json.dumps(stamp, separators=(",", ":"))
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('stamp', ?)", (text,))


def _sealed_ns(began_ns: int) -> int:
    """Return the modification time of a finished index: one that every file system can represent."""
    return began_ns // COARSE_TICK_NS * COARSE_TICK_NS


def _copy(index: Path, temporary: Path, stamp: dict[str, Any]) -> None:
    """Copy the index with this stamp; raise OSError if another has taken its place."""
    with open(index, "rb") as old, open(temporary, "r+b") as new:
        status = os.fstat(old.fileno())
        if stamp["self"] != [status.st_ino, status.st_mtime_ns]:
            raise OSError("the index has been replaced")
        while block := old.read(1_000_000):
            new.write(block)


@contextlib.contextmanager
def _temporary_file(index: Path) -> Iterator[Path]:
    """Create a file beside ``index``, locked while in use, so that others can tell it from what a killed build left."""
    path = index.with_name(f"{index.stem}-{os.urandom(8).hex()}.tmp")
    with contextlib.ExitStack() as stack:
        stack.callback(_remove, path)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        if os.name == "posix":  # elsewhere a file that is open can be neither removed nor renamed
            stack.callback(os.close, descriptor)
            _lock(descriptor)
        else:
            os.close(descriptor)
        yield path


def _remove(path: str | Path) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _lock(descriptor: int) -> bool:
    """Lock a file without waiting, and return whether that worked; where there are no locks, it always does."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for the user alone, whatever the umask."""
    with contextlib.suppress(FileNotFoundError):
        os.stat(folder)  # it is there, or could never be: too long a name, a file on the way
        return
    for missing in (*reversed(folder.parents), folder):
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)


def _clear(folder: Path) -> None:
    """Remove what killed builds and earlier versions left, and the indexes that nobody uses."""
    import re

    used: dict[str, float] = {}
    for entry in os.scandir(folder):
        with contextlib.suppress(OSError):
            if re.fullmatch(r"catalogue-[0-9a-f]{24}\.db", entry.name):
                status = entry.stat(follow_symlinks=False)
                used[entry.path] = max(status.st_atime, status.st_mtime)
            elif re.fullmatch(r"catalogue-[0-9a-f]{24}(-\w+)?\.(db|tmp|stamp)", entry.name):
                _remove_abandoned(entry.path)
    oldest = time.time() - KEEP_DAYS * DAY
    for number, path in enumerate(sorted(used, key=used.__getitem__, reverse=True)):
        if number >= KEEP_CATALOGUES or used[path] < oldest:
            _remove(path)


def _remove_abandoned(path: str) -> None:
    """Remove a temporary file unless a build is writing to it."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        if _lock(descriptor):
            os.unlink(path)
    finally:
        os.close(descriptor)


__all__ = ["FileState", "connect", "index_path"]
