"""Find, open and replace the index of a catalogue in the user's cache folder.

An index is one file, ``catalogue-DIGEST.db``, with DIGEST that of the catalogue's path; only the user can read it (0600 in
0700). It is written under a temporary name, put in place by one rename and never changed afterwards: a reader has the whole
old index or the whole new one, and a killed build leaves only a temporary file, which the next build removes.

The index has a stamp: the version of the program, its own inode and modification time, and the state of every file that it
was made from. It is valid as long as all of these are unchanged. Two edits within one tick of the file system's clock can
have the same time; if a file was changed that shortly before the build, the contents are compared. An index that is not
valid is built again, a large one as a copy in which only what changed is replaced (``index.update``). If the cache folder
cannot be written, the index is built in memory for this run.

Each build removes indexes that were not used for 90 days, or after which 100 others were used.
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

# How long two changes may have the same time: two seconds on FAT, one jiffy if times have fractions of a millisecond
COARSE_TICK_NS, FINE_TICK_NS = 2_000_000_000, 20_000_000

MIN_UPDATED = 1_000_000  # bytes; building the index of a smaller catalogue is as fast as updating it

KEEP_DAYS, KEEP_CATALOGUES = 90, 100


def connect(path: Path, progress: Progress | None = None) -> tuple[sqlite3.Connection, str]:
    """Return a read-only connection to the index of the catalogue at ``path``, and the state of the index.

    That is ``fresh``, ``updated`` (only what changed was read), ``built`` or ``memory`` (built for this run only, as the
    cache cannot be written). Raise CatalogueError if the catalogue has problems.
    """
    began_ns = time.time_ns()
    found, problems = files.survey(path)
    index = None if problems else index_path(path)
    if index is not None:
        connection = _open_fresh(index, found)
        if connection is not None:
            return connection, "fresh"
    from archivecli.catalogue.loader import without_gc  # 40 ms, only if something changed

    with without_gc():
        if index is not None and sum(source.state.size for source in found) >= MIN_UPDATED:
            connection = _update(path, index, found, began_ns, progress)
            if connection is not None:
                return connection, "updated"
        return _build(path, index, began_ns, progress)


def index_path(path: Path) -> Path | None:
    """Return the path of the index of a catalogue, whether it exists or not; None without a cache folder."""
    folder = files.cache_folder()
    digest = files.hashed(os.fsencode(os.path.abspath(path)), 12).hexdigest()
    return folder / f"catalogue-{digest}.db" if folder else None


def discard(path: Path) -> None:
    """Remove the index of the catalogue at ``path``."""
    if index := index_path(path):
        _remove(index)


# Reading


def _open_fresh(index: Path, found: Sequence[Source]) -> sqlite3.Connection | None:
    """Return a connection if the index is valid for these files, else None."""
    opened = _open_stamped(index)
    if opened is None:
        return None
    connection, stamp = opened
    with contextlib.suppress(CatalogueError, LookupError, TypeError, ValueError):
        if stamp["files"] == _states(found) and (
            not any(_is_uncertain(source.state, stamp["began"]) for source in found)
            or stamp["digests"] == [files.hashed(files.read(source)[0]).hexdigest() for source in found]
        ):
            return connection
    connection.close()
    return None


def _open_stamped(index: Path) -> tuple[sqlite3.Connection, dict[str, Any]] | None:
    """Return a connection to an index that is unchanged since it was finished, and its stamp; else None."""
    for _ in range(2):  # another process may replace the index at this moment
        try:
            status = os.lstat(index)
            if not _is_ours(os.lstat(index.parent), stat.S_ISDIR) or not _is_ours(status, stat.S_ISREG):
                return None
            connection = _open_read_only(index)
        except (OSError, ValueError, sqlite3.Error):
            return None
        with contextlib.suppress(sqlite3.Error, LookupError, TypeError, ValueError, RecursionError):
            (text,) = connection.execute("SELECT value FROM meta WHERE key = 'stamp'").fetchone()
            stamp: dict[str, Any] = json.loads(text)
            if stamp["version"] == [__version__, VERSION] and stamp["self"] == [status.st_ino, status.st_mtime_ns]:
                return connection, stamp
        connection.close()
    return None


def _is_ours(status: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Return whether a file has the right kind, and only the user can have written it."""
    is_safe = os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
    return is_safe and is_kind(status.st_mode)


def _states(found: Sequence[Source]) -> list[list[Any]]:
    return [[os.path.abspath(path), *state] for path, state in found]


def _is_uncertain(state: FileState, began_ns: int) -> bool:
    """Return whether a file changed so shortly before ``began_ns`` that a later edit may have the same times."""
    times = (state.modified_ns, state.changed_ns)
    tick_ns = FINE_TICK_NS if all(time_ns % 1_000_000 for time_ns in times) else COARSE_TICK_NS
    return max(times) > began_ns - tick_ns


def _open_read_only(index: Path) -> sqlite3.Connection:
    uri = f"{index.absolute().as_uri()}?mode=ro&immutable=1"
    return _hardened(sqlite3.connect(uri, uri=True, isolation_level=None))


def _hardened(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    return connection


# Writing


def _build(path: Path, index: Path | None, began_ns: int, progress: Progress | None) -> tuple[sqlite3.Connection, str]:
    """Build the index: in the cache folder if that can be written, else in memory."""
    from archivecli.catalogue.loader import Catalogue
    from archivecli.index.writer import build
    from archivecli.readers.layout import CannotCut, Changed

    whole = False
    for pause in (0.0, 0.02, 0.1, 0.5):
        time.sleep(pause)
        try:
            if index is not None:
                with contextlib.suppress(OSError, sqlite3.DatabaseError):
                    catalogue = Catalogue(path, whole=whole)
                    fill = partial(build, catalogue=catalogue, progress=progress)
                    return _write(catalogue, index, began_ns, fill), "built"
            with contextlib.suppress(sqlite3.DatabaseError):  # SQLite's own temporary file, if it grows large
                return _build_privately("", Catalogue(path, whole=whole), progress), "memory"
            return _build_privately(
                ":memory:", Catalogue(path, whole=whole), progress
            ), "memory"  # no space for that either
        except CannotCut:
            whole = True
        except Changed:
            whole = pause > 0  # which reads each file at once
    raise CatalogueError(
        [Problem(str(path), 0, 0, "changing", "a file changes while it is read", "try again in a moment")]
    )


def _build_privately(database: str, catalogue: "Catalogue", progress: Progress | None) -> sqlite3.Connection:
    from archivecli.index.writer import build

    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", *(["temp_store = MEMORY"] if database else [])):
        connection.execute(f"PRAGMA {pragma}")
    build(connection, catalogue, progress)
    return _hardened(connection)


def _update(
    path: Path, index: Path, found: list[Source], began_ns: int, progress: Progress | None
) -> sqlite3.Connection | None:
    """Return a connection to an updated copy of the index; None if it has to be built."""
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
    """Return the files that are certainly unchanged since the index was built, with the digest of their content."""
    certain = _states([source for source in found if not _is_uncertain(source.state, stamp["began"])])
    files = zip(stamp["files"], stamp["digests"], strict=True)
    return {state[0]: digest for state, digest in files if state in certain}


def _write(
    catalogue: "Catalogue",
    index: Path,
    began_ns: int,
    fill: Callable[[sqlite3.Connection], None],
    copied: dict[str, Any] | None = None,
) -> sqlite3.Connection:
    """Put in place what ``fill`` makes of an empty database, or of a copy of the index whose stamp is ``copied``."""
    _make_folder(index.parent)
    if not _is_ours(os.lstat(index.parent), stat.S_ISDIR):
        raise OSError("the cache folder is not the user's own")
    _clear(index.parent)
    with _temporary_file(index) as temporary:
        if copied is not None:
            _copy(index, temporary, copied)
        uri = f"{temporary.absolute().as_uri()}?mode=rw&nolock=1"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        try:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16000"):
                connection.execute(f"PRAGMA {pragma}")
            fill(connection)
            other = _open_fresh(index, catalogue.sources)
            if other is not None:  # another process was faster
                return other
            modified_ns = began_ns // COARSE_TICK_NS * COARSE_TICK_NS  # which every file system can represent
            stamp = {
                "version": [__version__, VERSION],
                "self": [os.lstat(temporary).st_ino, modified_ns],
                "began": began_ns,
                "files": _states(catalogue.sources),
                "digests": catalogue.digests,
            }
            text = json.dumps(stamp, separators=(",", ":"))
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('stamp', ?)", (text,))
        finally:
            connection.close()
        os.utime(temporary, ns=(modified_ns, modified_ns))
        os.replace(temporary, index)
    return _open_read_only(index)


def _copy(index: Path, temporary: Path, stamp: dict[str, Any]) -> None:
    """Copy the index with this stamp; raise OSError if it has been replaced."""
    with open(index, "rb") as old, open(temporary, "r+b") as new:
        status = os.fstat(old.fileno())
        if stamp["self"] != [status.st_ino, status.st_mtime_ns]:
            raise OSError("the index has been replaced")
        while block := old.read(1_000_000):
            new.write(block)


@contextlib.contextmanager
def _temporary_file(index: Path) -> Iterator[Path]:
    """Create a file beside ``index``, locked while in use, unlike what a killed build has left."""
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
    """Lock a file without waiting, and return whether that worked; if there are no locks, it always does."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        pass
    return True


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents for the user alone, whatever the umask."""
    with contextlib.suppress(FileNotFoundError):
        os.stat(folder)  # other errors mean that it cannot be made: too long a name, a file among its parents
        return
    for missing in (*reversed(folder.parents), folder):
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)


def _clear(folder: Path) -> None:
    """Remove what killed builds and earlier versions left, and indexes out of use."""
    import re

    used: dict[str, float] = {}
    for entry in os.scandir(folder):
        with contextlib.suppress(OSError):
            if re.fullmatch(r"catalogue-[0-9a-f]{24}\.db", entry.name):
                status = entry.stat(follow_symlinks=False)
                used[entry.path] = max(status.st_atime, status.st_mtime)
            elif re.fullmatch(r"catalogue-[0-9a-f]{24}(-\w+)?\.(db|tmp|stamp)", entry.name):
                _remove_abandoned(entry.path)
    oldest = time.time() - KEEP_DAYS * 86_400
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
