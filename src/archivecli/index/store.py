"""Where the index of a catalogue lies, whether it is fresh, and how it is replaced.

Two kinds of file in the cache folder, both the user's alone (0600 in 0700):

``NAME-RANDOM.db``  an index, complete and never changed after it got this name;
``NAME.stamp``      which index is in force, from which files in which state it was made, and what the index file itself
                    looked like when it was finished. It is replaced as a whole, by renaming.

A reader trusts an index only when the stamp is whole, names this version of the program, and every file that it speaks
of, the index included, is as it was: device, inode, size and times in nanoseconds. An edit within one tick of the
file system's clock can hide from those; so while the stamp is that young, content decides. Whatever else is found, the
index is made again: where it is sound, and only a large catalogue has changed, from a copy (``index.renew``). Where nothing
can be written the index is made in memory, for this one answer.

The folder stays bounded: whoever builds an index clears away those of catalogues that nobody opened for 90 days, all but
the 100 that were opened last, and what killed builds left behind.
"""

import contextlib
import json
import os
import sqlite3
import stat
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archivecli import __version__, locations, sources
from archivecli.errors import CatalogueError, StartAgain
from archivecli.index.schema import VERSION, Progress
from archivecli.sources import FileState, Source

if TYPE_CHECKING:
    from archivecli.index.contents import Contents, Opener

TICK_NS = 2_000_000_000
"""Two seconds: the coarsest clock of a file system in use."""

RENEWED = 1_000_000
"""Bytes of a catalogue from which on only what changed is compiled; a smaller one is made anew as fast."""

DAY = 86_400
KEEP_DAYS, KEEP_CATALOGUES = 90, 100
"""Indexes that were not used for so long, or that so many others were used after, are cleared away."""

_opened: list[Path] = []
"""The stamps on whose word this process reads an index."""


def connect(path: Path, opener: "Opener", progress: Progress | None = None) -> tuple[sqlite3.Connection, str]:
    """Return a read-only connection to the index of the catalogue at ``path`` and a word on its state.

    The word is ``fresh``, ``renewed`` (only what had changed was compiled), ``built`` or ``memory`` (made for this answer
    only, as the cache cannot be written). ``opener`` opens the catalogue where an index has to be made. Raise
    CatalogueError where it cannot be used.
    """
    found = sources.find(path)
    folder = locations.cache_folder()
    stem = _stem(path)
    if folder is not None:
        connection = _open_fresh(folder, stem, found)
        if connection is not None:
            return connection, "fresh"
    with _without_collector():
        if folder is not None and sum(source.state.size for source in found) >= RENEWED:
            connection = _renew(path, opener, folder, stem, found, progress)
            if connection is not None:
                return connection, "renewed"
        return _make(lambda: opener(path), folder, stem, progress)


def stamp_path(path: Path) -> Path | None:
    """Return where the stamp of a catalogue lies or would lie; None without a cache folder."""
    folder = locations.cache_folder()
    return folder / f"{_stem(path)}.stamp" if folder else None


def _stem(path: Path) -> str:
    digest = sources.hashed(os.fsencode(os.path.abspath(path)), 12).hexdigest()
    return f"catalogue-{digest}"


def _open_fresh(folder: Path, stem: str, found: Sequence[Source]) -> sqlite3.Connection | None:
    """Return a connection where the stamp and all that it speaks of still hold, else None."""
    for _ in range(3):
        try:
            return _open_stamped(folder, folder / f"{stem}.stamp", found)
        except (FileNotFoundError, sqlite3.OperationalError):
            continue  # another process may have put a newer index in force, and cleared this one, in this very moment
        except (OSError, sqlite3.Error, ValueError, KeyError, TypeError, RecursionError):
            break
    return None


def _open_stamped(folder: Path, stamp_file: Path, found: Sequence[Source]) -> sqlite3.Connection | None:
    if not _is_ours(os.lstat(folder), stat.S_ISDIR):
        return None
    stamp, stamped_ns = _read_stamp(stamp_file)
    if stamp is None or stamp["files"] != _states(found):
        return None
    index = _intact(folder, stamp)
    if index is None:
        return None
    newest = max((max(state.modified_ns, state.changed_ns) for _, state in found), default=0)
    in_doubt = newest > stamped_ns - TICK_NS
    if in_doubt and not _same_content(found, stamp["digests"]):
        return None
    if in_doubt or time.time_ns() - stamped_ns > KEEP_DAYS // 3 * DAY * 10**9:
        with contextlib.suppress(OSError):
            os.utime(stamp_file)  # looked at now: it need not be looked at again, and is in use
    connection = _open_read_only(index)
    _opened.append(stamp_file)
    return connection


def _intact(folder: Path, stamp: dict[str, Any]) -> Path | None:
    """Return the index of a stamp if it is what it was when it was finished, else None."""
    index = folder / str(stamp["index"])
    status = os.lstat(index)
    if not _is_ours(status, stat.S_ISREG) or list(sources.state_of(status)) != stamp["state"]:
        return None
    return index


def forget() -> None:
    """Throw away the stamps of the indexes that this process has opened: they were right, and yet could not be read."""
    for stamp in _opened:
        with contextlib.suppress(OSError):
            stamp.unlink()


def _states(found: Sequence[Source]) -> list[list[Any]]:
    return [[os.path.abspath(path), *state] for path, state in found]


def _is_ours(status: os.stat_result, kind: Any) -> bool:
    """Tell whether a file is of the wanted kind and nobody but its owner, who is the user, can have written it."""
    if not kind(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _read_stamp(path: Path) -> tuple[dict[str, Any] | None, int]:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as handle:
        status = os.fstat(descriptor)
        if not _is_ours(status, stat.S_ISREG) or status.st_size > 64_000_000:
            return None, 0
        data = handle.read()
    body, _, check = data.rpartition(b"\n")
    if check != b"%08x" % zlib.crc32(body):
        return None, 0
    stamp: dict[str, Any] = json.loads(body)
    if stamp.get("version") != [__version__, VERSION] or os.sep in stamp["index"]:
        return None, 0
    return stamp, status.st_mtime_ns


def _same_content(found: Sequence[Source], digests: list[str]) -> bool:
    contents = [sources.read(source)[0] for source in found]
    return [sources.hashed(data).hexdigest() for data in contents] == digests


def _open_read_only(index: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    _harden(connection)
    connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    return connection


def _harden(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")


def _make(
    opened: Callable[[], "Contents"], folder: Path | None, stem: str, progress: Progress | None
) -> tuple[sqlite3.Connection, str]:
    """Build the index from the catalogue: in the cache folder where that can be written, else in memory."""
    try:
        return _made(opened, folder, stem, progress)
    except StartAgain:
        return _made(opened, folder, stem, progress)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Let nobody look for circular garbage: a catalogue holds none, and looking for it takes longer than reading it."""
    import gc

    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _renew(
    path: Path, opener: "Opener", folder: Path, stem: str, found: list[Source], progress: Progress | None
) -> sqlite3.Connection | None:
    """Return a connection to an index made from the one in force, by what differs; None where that cannot be done."""
    try:
        if not _is_ours(os.lstat(folder), stat.S_ISDIR):
            return None
        stamp, stamped_ns = _read_stamp(folder / f"{stem}.stamp")
        index = _intact(folder, stamp) if stamp else None
        if stamp is None or index is None:
            return None
        from archivecli.index import renew

        difference = renew.compare(index, path, opener, found, _same_files(stamp, stamped_ns, found))
        if not difference.gone and not difference.new:
            _put_in_force(difference.catalogue, folder, stem, index)
            return _open_read_only(index)

        def copy_and_renew(place: Path) -> None:
            _copy(index, place)
            if _intact(folder, stamp) is None:
                raise StartAgain
            _fill(place, lambda connection: renew.renew(connection, difference, progress))

        return _make_file(difference.catalogue, folder, stem, copy_and_renew)
    except (StartAgain, CatalogueError, OSError, sqlite3.Error, ValueError, LookupError, TypeError, RecursionError):
        return None


def _same_files(stamp: dict[str, Any], stamped_ns: int, found: Sequence[Source]) -> dict[str, str]:
    """Return the files that are beyond doubt as they were when the stamp was written, each with the hash of its content."""
    before = {state[0]: (state, digest) for state, digest in zip(stamp["files"], stamp["digests"], strict=True)}
    same: dict[str, str] = {}
    for (_, state), told in zip(found, _states(found), strict=True):
        known, digest = before.get(told[0], (None, ""))
        if known == told and max(state.modified_ns, state.changed_ns) <= stamped_ns - TICK_NS:
            same[told[0]] = digest
    return same


def _copy(index: Path, place: Path) -> None:
    with open(index, "rb") as old, open(place, "r+b") as new:
        while block := old.read(1_000_000):
            new.write(block)


def _made(
    opened: Callable[[], "Contents"], folder: Path | None, stem: str, progress: Progress | None
) -> tuple[sqlite3.Connection, str]:
    from archivecli.index.build import build  # only where something changed

    catalogue = opened()
    if folder is not None:
        try:
            write = partial(_fill, fill=lambda connection: build(connection, catalogue, progress))
            return _make_file(catalogue, folder, stem, write), "built"
        except (OSError, sqlite3.DatabaseError):
            catalogue = opened()  # the first reading is used up
    try:
        return _made_privately("", catalogue, progress), "memory"  # SQLite's own temporary file, if it grows large
    except sqlite3.DatabaseError:  # no room for that either
        return _made_privately(":memory:", opened(), progress), "memory"


def _made_privately(place: str, catalogue: "Contents", progress: Progress | None) -> sqlite3.Connection:
    from archivecli.index.build import build

    connection = sqlite3.connect(place, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", *(["temp_store = MEMORY"] if place else [])):
        connection.execute(f"PRAGMA {pragma}")
    build(connection, catalogue, progress)
    _harden(connection)
    return connection


def _fill(index: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Open the file of a new index, which nobody reads as yet, to write to it."""
    connection = sqlite3.connect(index, isolation_level=None)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -16000"):
            connection.execute(f"PRAGMA {pragma}")
        fill(connection)
    finally:
        connection.close()


def _make_file(catalogue: "Contents", folder: Path, stem: str, write: Callable[[Path], None]) -> sqlite3.Connection:
    """Put an index in force that ``write`` makes in a new file, and return a connection to it."""
    _make_folder(folder)
    if not _is_ours(os.lstat(folder), stat.S_ISDIR):
        raise OSError("the cache folder is not the user's own")
    descriptor, index = _new_file(folder, stem, ".db")
    os.close(descriptor)
    try:
        write(index)
        other = _open_fresh(folder, stem, catalogue.sources)
        if other is not None:  # another process was faster: one index is enough
            index.unlink()
            return other
        _put_in_force(catalogue, folder, stem, index)
        return _open_read_only(index)
    except BaseException:
        with contextlib.suppress(OSError):
            index.unlink()
        raise


def _new_file(folder: Path, stem: str, suffix: str) -> tuple[int, Path]:
    """Make an empty file of a new name, the user's alone, and return its descriptor and path."""
    path = folder / f"{stem}-{os.urandom(8).hex()}{suffix}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), path


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for the user alone, whatever the umask."""
    with contextlib.suppress(FileNotFoundError):
        os.stat(folder)  # it is there, or could never be: too long a name, a file on the way
        return
    for missing in (*reversed(folder.parents), folder):
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)


def _put_in_force(catalogue: "Contents", folder: Path, stem: str, index: Path) -> None:
    """Write the stamp that makes ``index`` the one to read, then clear away what it replaces."""
    body = json.dumps(
        {
            "version": [__version__, VERSION],
            "index": index.name,
            "state": list(sources.state_of(os.lstat(index))),
            "files": _states(catalogue.sources),
            "digests": catalogue.digests,
        },
        separators=(",", ":"),
    ).encode()
    descriptor, name = _new_file(folder, stem, ".tmp")
    try:
        with open(descriptor, "wb") as handle:
            handle.write(body + b"\n%08x" % zlib.crc32(body))
        os.replace(name, folder / f"{stem}.stamp")
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _clear(folder, stem, index)


def _clear(folder: Path, stem: str, index: Path) -> None:
    """Remove the files that no reader needs: what ``index`` replaces, what killed builds left, what nobody uses."""
    import re

    now = time.time()
    files: dict[str, list[tuple[str, float]]] = {}
    used: dict[str, float] = {}
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            match = re.fullmatch(r"(catalogue-[0-9a-f]{24})(?:\.stamp|-\w+\.(?:db|tmp))", entry.name)
            if match:
                age = abs(now - entry.stat(follow_symlinks=False).st_mtime)
                files.setdefault(match[1], []).append((entry.path, age))
                if entry.name.endswith(".stamp"):
                    used[match[1]] = age
    kept = {other for other in sorted(used, key=used.__getitem__)[:KEEP_CATALOGUES] if used[other] < KEEP_DAYS * DAY}
    for other, found in files.items():
        for path, age in found:
            if other == stem:
                needed = age < 60 or path.endswith(".stamp") or os.path.basename(path) == index.name
            else:
                needed = other in kept or (other not in used and age < DAY)
            if not needed:
                with contextlib.suppress(OSError):
                    os.unlink(path)


__all__ = ["FileState", "connect", "stamp_path"]
