"""Whatever became of the index, the answer follows the catalogue."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archivecli import sources
from archivecli.archive import Archive
from archivecli.index import store
from archivecli.query.criteria import Query
from conftest import Run, make_catalogue
from limits import limited

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, modes and links of POSIX")

EVENTS = 12


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of one's own."""
    path = tmp_path / "cache"
    monkeypatch.setenv("ARCHIVE_CACHE", str(path))
    return path


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    return make_catalogue(tmp_path / "catalogue.yaml", EVENTS)


def titles(path: Path) -> list[str]:
    """Return the titles of all events, the oldest first, as a program that opens the catalogue gets them."""
    archive = Archive(path)
    found = [event.title for event in archive.select(Query(reverse=True))]
    searched = archive.search(Query()).total
    archive.close()
    assert searched == len(found)
    return found


def state(path: Path) -> str:
    archive = Archive(path)
    archive.close()
    return archive.state


MEETINGS = [f"Meeting {number}" for number in range(EVENTS)]


def index_of(folder: Path) -> Path:
    (index,) = folder.glob("*.db")
    return index


def settle(folder: Path, *others: Path) -> None:
    """Make everything older than the clock's tick, so that stamps are believed without looking at contents."""
    before = time.time() - 100
    for path in others:
        os.utime(path, (before, before))


def test_built_then_fresh(catalogue: Path, folder: Path) -> None:
    assert [state(catalogue) for _ in range(3)] == ["built", "fresh", "fresh"]
    assert titles(catalogue) == MEETINGS


# Damage


def test_missing_pieces(catalogue: Path, folder: Path) -> None:
    for pattern in ("*.db", "*.stamp", "*"):
        titles(catalogue)
        for path in folder.glob(pattern):
            path.unlink()
        assert state(catalogue) == "built"
        assert titles(catalogue) == MEETINGS
    shutil.rmtree(folder)
    assert titles(catalogue) == MEETINGS


@pytest.mark.parametrize("pattern", ["*.db", "*.stamp"])
def test_truncated_anywhere(pattern: str, catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    (path,) = folder.glob(pattern)
    size = path.stat().st_size
    for length in {0, 1, 15, 16, 100, 4096, 5000, size // 2, size - 1} & set(range(size)):
        titles(catalogue)
        (path,) = folder.glob(pattern) if pattern == "*.stamp" else [current(folder)]
        os.truncate(path, length)
        assert titles(catalogue) == MEETINGS


def current(folder: Path) -> Path:
    """Return the index in force."""
    (stamp,) = folder.glob("*.stamp")
    return folder / str(json.loads(stamp.read_bytes().rpartition(b"\n")[0])["index"])


@pytest.mark.parametrize("restore", [False, True], ids=["", "with the old time put back"])
def test_a_bit_flipped_on_any_page(restore: bool, catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    random = Random(6)
    pages = current(folder).stat().st_size // 4096
    assert pages > 10
    for page in range(pages):
        index = current(folder)
        before = index.stat()
        with index.open("r+b") as file:
            place = page * 4096 + random.randrange(4096)
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ (1 << random.randrange(8))]))
        if restore:
            os.utime(index, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert state(catalogue) == "built", page
        assert titles(catalogue) == MEETINGS
        for other in folder.glob("*.db"):
            if other != current(folder):
                other.unlink()


def test_a_bit_flipped_anywhere_in_the_stamp(catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    (stamp,) = folder.glob("*.stamp")
    sound = stamp.read_bytes()
    for place in range(0, len(sound), 7):
        stamp.write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
        assert store._read_stamp(stamp)[0] is None
    stamp.write_bytes(sound)
    assert state(catalogue) == "fresh"


def test_damage_that_the_file_system_hides(catalogue: Path, folder: Path, run: Run) -> None:
    """A disk that changes bytes by itself: told, thrown away, and right the next time; never a traceback."""
    titles(catalogue)
    for page in range(1, current(folder).stat().st_size // 4096):
        index = current(folder)
        with index.open("r+b") as file:
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
        vouch_for(folder)
        result = run("list", "--catalogue", str(catalogue))
        if result.code:
            assert (result.code, result.out) == (1, "")
            assert "has been thrown away" in result.err
        else:
            (stamp,) = folder.glob("*.stamp")
            stamp.unlink()
        assert titles(catalogue) == MEETINGS
        for other in folder.glob("*.db"):
            if other != current(folder):
                other.unlink()


def vouch_for(folder: Path, **changed: Any) -> None:
    """Rewrite the stamp so that it speaks well of the index as it is, with other entries changed."""
    (stamp,) = folder.glob("*.stamp")
    told = json.loads(stamp.read_bytes().rpartition(b"\n")[0])
    told["state"] = list(sources.state_of((folder / told["index"]).lstat()))
    body = json.dumps({**told, **changed}, separators=(",", ":")).encode()
    stamp.write_bytes(body + b"\n%08x" % zlib.crc32(body))


# Strangers in its place


def other_version(version: Any) -> Callable[[Path], None]:
    return lambda folder: vouch_for(folder, version=version)


def plant(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Return what puts something else in the place of the index or the stamp."""

    def put(folder: Path) -> None:
        path = current(folder) if name == "index" else next(folder.glob("*.stamp"))
        path.unlink()
        make(path)

    return put


def foreign_database(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE events (id TEXT)")
        connection.commit()


def to_elsewhere(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    elsewhere.write_bytes(b"planted")
    path.symlink_to(elsewhere)


STATES: dict[str, Callable[[Path], None]] = {
    "an older version": other_version(["0.0.1", 0]),
    "a newer version": other_version(["99.0", 99]),
    "no version": other_version(None),
    "an index elsewhere": lambda folder: vouch_for(folder, index="../elsewhere.db"),
    "an index without a name": lambda folder: vouch_for(folder, index=None),
    "files of another form": lambda folder: vouch_for(folder, files={"a": 1}),
    "a folder for the index": plant("index", Path.mkdir),
    "a folder for the stamp": plant("stamp", Path.mkdir),
    "a foreign database": plant("index", foreign_database),
    "a text for the index": plant("index", lambda path: path.write_text("hello")),
    "a text for the stamp": plant("stamp", lambda path: path.write_text("hello")),
    "an empty stamp": plant("stamp", Path.touch),
    "a FIFO for the index": plant("index", os.mkfifo),
    "a FIFO for the stamp": plant("stamp", os.mkfifo),
    "a link for the index": plant("index", to_elsewhere),
    "a link for the stamp": plant("stamp", to_elsewhere),
    "a link to itself": plant("stamp", lambda path: path.symlink_to(path)),
    "JSON too deep": plant(
        "stamp", lambda path: path.write_bytes((deep := b"[" * 100_000) + b"\n%08x" % zlib.crc32(deep))
    ),
    "an index open to others": lambda folder: current(folder).chmod(0o666),
    "a stamp open to others": lambda folder: next(folder.glob("*.stamp")).chmod(0o622),
}


@pytest.mark.parametrize("name", STATES)
def test_a_stranger_in_the_place_of_the_index(name: str, catalogue: Path, folder: Path) -> None:
    assert titles(catalogue) == MEETINGS
    STATES[name](folder)
    assert state(catalogue) != "fresh"
    assert titles(catalogue) == MEETINGS
    elsewhere = folder.parent / "elsewhere"
    assert not elsewhere.exists() or elsewhere.read_bytes() == b"planted"


ELSEWHERE: list[Callable[[Path], None]] = [
    Path.touch,
    os.mkfifo,
    lambda path: path.symlink_to("/nonexistent/x"),
    lambda path: path.symlink_to(path),
]


@pytest.mark.parametrize("make", ELSEWHERE)
def test_something_else_in_the_place_of_the_folder(make: Callable[[Path], None], catalogue: Path, folder: Path) -> None:
    make(folder)
    assert state(catalogue) == "memory"
    assert titles(catalogue) == MEETINGS


def test_a_folder_that_others_can_write_to_is_not_trusted(catalogue: Path, folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert state(catalogue) == "memory"
    assert titles(catalogue) == MEETINGS
    assert not list(folder.iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777  # it may be meant so: it is not ours to change


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("what", ["folder", "stamp", "index"])
def test_another_users_index_is_not_trusted(what: str, catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    path = {"folder": folder, "stamp": next(folder.glob("*.stamp")), "index": current(folder)}[what]
    os.chown(path, 65534, 65534)
    assert state(catalogue) != "fresh"
    assert titles(catalogue) == MEETINGS


# Room


def test_the_cache_may_not_be_written(catalogue: Path, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(mode=0o500)
    for parent in [tmp_path, *tmp_path.parents]:
        if not parent.name.startswith(("test_", "pytest-", "popen-")):
            break
        parent.chmod(0o755)
    catalogue.chmod(0o644)

    def nobody() -> None:
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
            os.setegid(65534)
            os.seteuid(65534)

    result = limited("count", "--catalogue", str(catalogue), before=nobody)
    assert (result.code, result.out, result.err) == (0, f"{EVENTS}\n", "")
    assert not list(folder.iterdir())


@pytest.mark.parametrize("limit", [0, 1, 4096, 10_000, 30_000, 60_000])
def test_no_file_may_grow_further_in_the_middle_of_a_build(limit: int, catalogue: Path, folder: Path) -> None:
    def small_files() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    program = [sys.executable, "-m", "archivecli", "list", "--format", "ids", "--catalogue", str(catalogue)]
    done = subprocess.run(program, capture_output=True, text=True, preexec_fn=small_files)
    assert (done.returncode, done.stderr, len(done.stdout.split())) == (0, "", EVENTS)
    assert not list(folder.glob("*.tmp"))
    assert len(list(folder.glob("*.db"))) == len(list(folder.glob("*.stamp")))


@contextlib.contextmanager
def small_disk(path: Path, size: str) -> Iterator[None]:
    path.mkdir(mode=0o700)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(path)], capture_output=True
    )
    if done.returncode:
        pytest.skip(f"this machine does not let us mount a small disk: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.parametrize("size", ["4k", "16k", "48k", "64k", "96k"])
def test_a_disk_that_is_full_in_the_middle_of_a_build(size: str, catalogue: Path, folder: Path) -> None:
    with small_disk(folder, size):
        assert state(catalogue) in ("memory", "built")
        assert titles(catalogue) == MEETINGS
        assert not list(folder.glob("*.tmp"))
        assert len(list(folder.glob("*.db"))) == len(list(folder.glob("*.stamp")))


# Several at once


@pytest.mark.slow
def test_twenty_first_runs_at_once(catalogue: Path, folder: Path) -> None:
    line = [sys.executable, "-m", "archivecli", "list", "--catalogue", str(catalogue)]
    running = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(20)]
    answers = [process.communicate(timeout=60) for process in running]
    assert {process.returncode for process in running} == {0}
    assert len(set(answers)) == 1
    assert answers[0][0].count(b"\n") == EVENTS
    assert not answers[0][1]
    assert state(catalogue) == "fresh"
    assert not list(folder.glob("*.tmp"))


@pytest.mark.slow
def test_readers_and_builders_at_once(catalogue: Path, folder: Path) -> None:
    """While one process edits and another rebuilds, no reader ever fails or gets a mixture."""
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            code = 1
            with contextlib.suppress(BaseException):
                code = 0 if all(len(titles(catalogue)) in range(5, 13) for _ in range(40)) else 2
            os._exit(code)
        children.append(child)
    other = catalogue.with_name("other.yaml")
    for number in range(60):
        make_catalogue(other, 5 + number % 5)
        os.replace(other, catalogue)
        titles(catalogue)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]


def test_an_index_that_is_cleared_between_stamp_and_opening(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles(catalogue)
    open_read_only = store._open_read_only
    times = []

    def cleared(index: Path) -> sqlite3.Connection:
        times.append(index)
        if len(times) == 1:  # another process is faster: a newer index, and this one is gone
            with monkeypatch.context() as other:
                other.setattr(store, "_open_read_only", open_read_only)
                next(folder.glob("*.stamp")).unlink()
                assert state(catalogue) == "built"
            index.unlink()
        return open_read_only(index)

    monkeypatch.setattr(store, "_open_read_only", cleared)
    assert state(catalogue) == "fresh"
    assert len(times) == 2


KILLS = 200


@pytest.mark.slow
def test_killed_at_any_moment_of_a_build(catalogue: Path, folder: Path) -> None:
    random = Random(9)
    began = time.perf_counter()
    titles(catalogue)
    whole = time.perf_counter() - began
    survived = 0
    for number in range(KILLS):
        make_catalogue(catalogue, 4 + number % 5, title=f"Round {number} meeting")
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                titles(catalogue)
                os._exit(0)
            os._exit(1)
        time.sleep(random.random() * whole)
        os.kill(child, signal.SIGKILL)
        survived += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        expected = [f"Round {number} meeting {n}" for n in range(4 + number % 5)]
        assert titles(catalogue) == expected
    assert survived < KILLS * 0.7  # else the moments were badly chosen
    age(folder, 120)
    make_catalogue(catalogue, 3)
    titles(catalogue)
    assert len(list(folder.iterdir())) == 2  # what the killed ones left is cleared away


def age(folder: Path, seconds: float) -> None:
    """Make the files of a folder look so much older."""
    for path in folder.iterdir():
        found = path.stat()
        os.utime(path, (found.st_atime - seconds, found.st_mtime - seconds))


# Edits that hide


def same_size(path: Path, number: int) -> None:
    """Change the title of one event and nothing of the file's size."""
    before, after = (b"Meeting", b"Sitting") if number % 2 else (b"Sitting", b"Meeting")
    path.write_bytes(path.read_bytes().replace(b"title: %s 3," % before, b"title: %s 3," % after))


def test_an_edit_of_the_same_size_and_time(catalogue: Path, folder: Path) -> None:
    for number in range(1, 8):
        before = catalogue.stat()
        same_size(catalogue, number)
        os.utime(catalogue, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert catalogue.stat().st_size == before.st_size
        assert catalogue.stat().st_mtime_ns == before.st_mtime_ns
        assert titles(catalogue)[3] == ("Sitting 3" if number % 2 else "Meeting 3")


def test_an_edit_within_one_tick_of_the_clock(catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system with a coarse clock, an edit can leave every number as it was: then content decides."""
    real = sources.state_of
    coarse = 2_000_000_000

    def coarse_state(status: os.stat_result) -> sources.FileState:
        found = real(status)
        return found._replace(
            modified_ns=found.modified_ns // coarse * coarse, changed_ns=found.changed_ns // coarse * coarse
        )

    monkeypatch.setattr(sources, "state_of", coarse_state)
    for number in range(1, 12):
        same_size(catalogue, number)
        assert titles(catalogue)[3] == ("Sitting 3" if number % 2 else "Meeting 3")


def test_a_clock_that_was_set_back(catalogue: Path, folder: Path) -> None:
    for year in (2030, 2001, 1980, 2030):
        content = catalogue.read_text()
        catalogue.write_text(
            content.replace("Meeting 3", f"Meeting of {year}") if year == 2001 else content + f"# {year}\n"
        )
        moment = time.mktime((year, 1, 1, 0, 0, 0, 0, 0, 0))
        os.utime(catalogue, (moment, moment))
        expected = [
            line.split("title: ")[1].split(",")[0] for line in catalogue.read_text().splitlines() if "title" in line
        ]
        assert titles(catalogue) == expected
        assert titles(catalogue) == expected


def test_a_file_swapped_by_renaming(catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    other = make_catalogue(catalogue.with_name("other"), EVENTS, "Sitting")
    before = catalogue.stat()
    assert other.stat().st_size == before.st_size
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    for _ in range(3):
        os.rename(catalogue, catalogue.with_name("kept"))
        os.rename(other, catalogue)
        os.rename(catalogue.with_name("kept"), other)
        expected = catalogue.read_text().split("title: ")[1].split()[0]
        assert {title.split()[0] for title in titles(catalogue)} == {expected}


def test_a_file_swapped_by_a_link(catalogue: Path, folder: Path) -> None:
    link = catalogue.with_name("link.yaml")
    other = make_catalogue(catalogue.with_name("other.yaml"), EVENTS, "Sitting")
    os.utime(other, ns=(catalogue.stat().st_atime_ns, catalogue.stat().st_mtime_ns))
    for target, word in ((catalogue, "Meeting"), (other, "Sitting"), (catalogue, "Meeting")):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        assert {title.split()[0] for title in titles(link)} == {word}


def test_files_that_come_and_go_in_a_folder(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "many"
    home.mkdir()
    for number in range(3):
        (home / f"{number}.yaml").write_text(f"- {{id: {2000 + number}-x, title: t{number}, start: {2000 + number}}}\n")
    assert titles(home) == ["t0", "t1", "t2"]
    (home / "1.yaml").rename(home / "1.txt")
    assert titles(home) == ["t0", "t2"]
    (home / "1.txt").rename(home / "7.yaml")
    assert titles(home) == ["t0", "t1", "t2"]


def test_one_index_however_the_path_is_written(catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(catalogue.parent)
    ways = [
        Path(catalogue.name),
        catalogue,
        Path(".") / catalogue.name,
        Path(f"../{catalogue.parent.name}/{catalogue.name}"),
    ]
    assert [state(way) for way in ways] == ["built", "fresh", "fresh", "fresh"]


# Private, and bounded


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077, 0o777])
def test_private_whatever_the_umask(umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home" / ".cache" / "archivecli"
    monkeypatch.setenv("ARCHIVE_CACHE", str(folder))
    catalogue = make_catalogue(tmp_path / "catalogue.yaml", 3)
    before = os.umask(umask)
    try:
        made = state(catalogue)
        titles(catalogue)
    finally:
        os.umask(before)
    assert made == "built" or umask == 0o777
    for path in (folder, folder.parent, folder.parent.parent):
        if path.exists():
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    assert all(not stat.S_IMODE(path.stat().st_mode) & 0o177 for path in folder.glob("*"))


def test_no_name_can_be_foretold(catalogue: Path, folder: Path) -> None:
    names = set()
    for _ in range(5):
        titles(catalogue)
        names.add(current(folder).name)
        next(folder.glob("*.stamp")).unlink()
    assert len(names) == 5


def test_nothing_of_the_index_is_run(catalogue: Path, folder: Path) -> None:
    """A view or a trigger in a planted database is refused by SQLite's own rules, and extensions stay off."""
    archive = Archive(catalogue)
    connection = archive.index.connection
    assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
    assert connection.execute("PRAGMA query_only").fetchone() == (1,)
    with pytest.raises(sqlite3.Error):
        connection.execute("SELECT load_extension('x')")
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM events")
    archive.close()


def test_indexes_that_nobody_uses_are_cleared_some_day(tmp_path: Path, folder: Path) -> None:
    paths = [make_catalogue(tmp_path / f"{number}.yaml", 2) for number in range(3)]
    for path in paths:
        titles(path)
    (folder / "notes.txt").write_text("not ours")
    assert len(list(folder.glob("*.db"))) == 3
    age(folder, 91 * 86_400)
    titles(make_catalogue(tmp_path / "new.yaml", 2))
    assert len(list(folder.glob("*.db"))) == len(list(folder.glob("*.stamp"))) == 1
    assert (folder / "notes.txt").exists()
    assert all(len(titles(path)) == 2 for path in paths)


def test_an_index_in_use_is_kept(tmp_path: Path, folder: Path) -> None:
    old = make_catalogue(tmp_path / "old.yaml", 2)
    past = time.time() - 400 * 86_400
    os.utime(old, (past, past))
    titles(old)
    for _ in range(5):
        age(folder, 40 * 86_400)
        vouch_for_times(folder)
        assert state(old) == "fresh"  # which notes that it is in use
        titles(make_catalogue(tmp_path / "new.yaml", 2))
    assert state(old) == "fresh"


def vouch_for_times(folder: Path) -> None:
    """Let every stamp speak of its index with the times that it has now."""
    for stamp in folder.glob("*.stamp"):
        times = stamp.stat()
        told = json.loads(stamp.read_bytes().rpartition(b"\n")[0])
        told["state"] = list(sources.state_of((folder / told["index"]).lstat()))
        body = json.dumps(told, separators=(",", ":")).encode()
        stamp.write_bytes(body + b"\n%08x" % zlib.crc32(body))
        os.utime(stamp, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_only_so_many_catalogues_are_kept(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEEP_CATALOGUES", 4)
    for number in range(7):
        titles(make_catalogue(tmp_path / f"{number}.yaml", 1))
        age(folder, 120)
    assert len(list(folder.glob("*.stamp"))) <= 5
