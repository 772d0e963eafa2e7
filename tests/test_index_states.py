"""Whatever became of the index, the answer follows the catalogue."""

import contextlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archivecli import files
from archivecli.archive import Archive
from archivecli.index import store
from archivecli.query.criteria import Query
from conftest import HANG, Run, make_catalogue
from kills import count_calls, killed, moments
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


def test_built_then_fresh(catalogue: Path, folder: Path) -> None:
    assert [state(catalogue) for _ in range(3)] == ["built", "fresh", "fresh"]
    assert titles(catalogue) == MEETINGS


# Damage


def test_missing_pieces(catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    index_of(folder).unlink()
    assert state(catalogue) == "built"
    assert titles(catalogue) == MEETINGS
    shutil.rmtree(folder)
    assert titles(catalogue) == MEETINGS


def test_truncated_anywhere(catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    size = index_of(folder).stat().st_size
    for length in (0, 1, 15, 16, 100, 4096, 5000, size // 2, size - 1):
        os.truncate(index_of(folder), length)
        assert titles(catalogue) == MEETINGS


def test_a_bit_flipped_on_any_page(catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    random = Random(6)
    pages = index_of(folder).stat().st_size // 4096
    assert pages > 10
    for page in range(pages):
        with index_of(folder).open("r+b") as file:
            position = page * 4096 + random.randrange(4096)
            file.seek(position)
            byte = file.read(1)[0]
            file.seek(position)
            file.write(bytes([byte ^ (1 << random.randrange(8))]))
        assert state(catalogue) == "built", page
        assert titles(catalogue) == MEETINGS


def test_damage_that_the_file_system_hides(catalogue: Path, folder: Path, run: Run) -> None:
    """A disk that changes bytes by itself: told, thrown away, and right the next time; never a traceback."""
    titles(catalogue)
    for page in range(index_of(folder).stat().st_size // 4096):
        index = index_of(folder)
        before = index.stat()
        with index.open("r+b") as file:
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
        os.utime(index, ns=(before.st_atime_ns, before.st_mtime_ns))
        result = run("list", "--catalogue", str(catalogue))
        if result.code:
            assert (result.code, result.out) == (1, "")
            assert "has been deleted" in result.err
        else:
            index_of(folder).unlink()
        assert titles(catalogue) == MEETINGS


def rewrite_stamp(index: Path, **changed: Any) -> None:
    """Change entries of an index's stamp and keep its modification time."""
    status = index.stat()
    with contextlib.closing(sqlite3.connect(index)) as connection:
        (text,) = connection.execute("SELECT value FROM meta WHERE key = 'stamp'").fetchone()
        text = json.dumps({**json.loads(text), **changed})
        connection.execute("UPDATE meta SET value = ? WHERE key = 'stamp'", (text,))
        connection.commit()
    os.utime(index, ns=(status.st_atime_ns, status.st_mtime_ns))


# Strangers in its place


def stamped(**changed: Any) -> Callable[[Path], None]:
    return lambda index: rewrite_stamp(index, **changed)


def stamp_text(text: str) -> Callable[[Path], None]:
    """Return what puts a text in the place of the stamp."""

    def put(index: Path) -> None:
        status = index.stat()
        with contextlib.closing(sqlite3.connect(index)) as connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'stamp'", (text,))
            connection.commit()
        os.utime(index, ns=(status.st_atime_ns, status.st_mtime_ns))

    return put


def plant(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Return what puts something else in the place of the index."""

    def put(index: Path) -> None:
        index.unlink()
        make(index)

    return put


def copied(index: Path) -> None:
    """Restore the index as a backup does: the same bytes and times in another file."""
    copy = index.with_name("copy")
    shutil.copy2(index, copy)
    os.replace(copy, index)


def foreign_database(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE events (id TEXT)")
        connection.commit()


def to_elsewhere(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    elsewhere.write_bytes(b"planted")
    path.symlink_to(elsewhere)


STATES: dict[str, Callable[[Path], None]] = {
    "an older version": stamped(version=["0.0.1", 0]),
    "a newer version": stamped(version=["99.0", 99]),
    "no version": stamped(version=None),
    "a stamp of another file": stamped(self=[1, 1]),
    "files of another form": stamped(files={"a": 1}),
    "no files": stamped(files=[]),
    "another time": stamped(began="yesterday"),
    "an empty stamp": stamp_text(""),
    "a stamp of no object": stamp_text("[]"),
    "JSON too deep": stamp_text("[" * 100_000),
    "no stamp": stamp_text("null"),
    "a copy": copied,
    "a folder": plant(Path.mkdir),
    "a foreign database": plant(foreign_database),
    "a text": plant(lambda path: path.write_text("hello")),
    "an empty file": plant(Path.touch),
    "a FIFO": plant(os.mkfifo),
    "a link": plant(to_elsewhere),
    "a link to itself": plant(lambda path: path.symlink_to(path)),
    "an index open to others": lambda index: index.chmod(0o666),
}


@pytest.mark.parametrize("name", STATES)
def test_a_stranger_in_the_place_of_the_index(name: str, catalogue: Path, folder: Path) -> None:
    assert titles(catalogue) == MEETINGS
    STATES[name](index_of(folder))
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
@pytest.mark.parametrize("what", ["folder", "index"])
def test_another_users_index_is_not_trusted(what: str, catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    os.chown(folder if what == "folder" else index_of(folder), 65534, 65534)
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


# Several at once


@pytest.mark.slow
def test_sixteen_first_runs_at_once(catalogue: Path, folder: Path) -> None:
    line = [sys.executable, "-m", "archivecli", "list", "--catalogue", str(catalogue)]
    running = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(16)]
    answers = [process.communicate(timeout=HANG) for process in running]
    assert {process.returncode for process in running} == {0}
    assert len(set(answers)) == 1
    assert answers[0][0].count(b"\n") == EVENTS
    assert not answers[0][1]
    assert state(catalogue) == "fresh"
    assert list(folder.iterdir()) == [index_of(folder)]


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


def test_an_index_that_is_replaced_while_it_is_opened(
    catalogue: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles(catalogue)
    open_read_only = store._open_read_only
    times = []

    def slow(index: Path) -> sqlite3.Connection:
        times.append(index)
        if len(times) == 1:
            with monkeypatch.context() as other:
                other.setattr(store, "_open_read_only", open_read_only)
                index.unlink()
                assert state(catalogue) == "built"
        return open_read_only(index)

    monkeypatch.setattr(store, "_open_read_only", slow)
    assert state(catalogue) == "fresh"
    assert len(times) in (1, 2)  # the file system may give the new file the number of the old one


def test_killed_at_any_moment_of_a_build(catalogue: Path, folder: Path) -> None:
    titles(catalogue)
    make_catalogue(catalogue, EVENTS, "Round")
    for number, moment in enumerate(moments(lambda: titles(catalogue), 40)):
        make_catalogue(catalogue, 4 + number % 5, f"Round {number} meeting")
        killed(lambda: titles(catalogue), moment)
        assert titles(catalogue) == [f"Round {number} meeting {n}" for n in range(4 + number % 5)]
        assert len(list(folder.iterdir())) <= 2  # the index, and what a build left that was killed after writing it
    make_catalogue(catalogue, 3)
    titles(catalogue)
    assert list(folder.iterdir()) == [index_of(folder)]


def test_builds_killed_one_after_another_leave_one_file(catalogue: Path, folder: Path) -> None:
    calls = count_calls(lambda: titles(catalogue))
    index_of(folder).unlink()
    for number in range(10):
        assert killed(lambda: titles(catalogue), calls // 2 + number)
    (left,) = folder.iterdir()
    assert left.suffix == ".tmp"
    assert titles(catalogue) == MEETINGS
    assert list(folder.iterdir()) == [index_of(folder)]


def test_a_build_under_way_is_left_alone(catalogue: Path, folder: Path, tmp_path: Path) -> None:
    titles(catalogue)
    other = make_catalogue(tmp_path / "other.yaml", 2)
    with store._temporary_file(index_of(folder)) as temporary:
        titles(other)
        assert temporary.exists()
    assert len(list(folder.iterdir())) == 2


def test_files_of_earlier_versions_are_removed(catalogue: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for name in (f"catalogue-{'0' * 24}.stamp", f"catalogue-{'0' * 24}-0123456789abcdef.db"):
        (folder / name).touch()
    titles(catalogue)
    assert list(folder.iterdir()) == [index_of(folder)]


def test_many_edits_leave_one_index(catalogue: Path, folder: Path) -> None:
    for number in range(12):
        make_catalogue(catalogue, 3 + number)
        assert len(titles(catalogue)) == 3 + number
        assert list(folder.iterdir()) == [index_of(folder)]


def age(folder: Path, seconds: int) -> None:
    """Make indexes look as if they had been built and last used that long ago."""
    for index in folder.glob("*.db"):
        status = index.stat()
        older = seconds * 10**9
        times = (status.st_atime_ns - older, status.st_mtime_ns - older)
        os.utime(index, ns=times)
        rewrite_stamp(index, self=[status.st_ino, times[1]])


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
    real = files.state_of
    coarse = 2_000_000_000

    def coarse_state(status: os.stat_result) -> files.FileState:
        found = real(status)
        return found._replace(
            modified_ns=found.modified_ns // coarse * coarse, changed_ns=found.changed_ns // coarse * coarse
        )

    monkeypatch.setattr(files, "state_of", coarse_state)
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
    assert len(list(folder.glob("*.db"))) == 1
    assert (folder / "notes.txt").exists()
    assert all(len(titles(path)) == 2 for path in paths)


def test_an_index_in_use_is_kept(tmp_path: Path, folder: Path) -> None:
    old = make_catalogue(tmp_path / "old.yaml", 2)
    titles(old)
    age(folder, 91 * 86_400)
    status = index_of(folder).stat()
    os.utime(index_of(folder), ns=(time.time_ns(), status.st_mtime_ns))  # as file systems note a use
    titles(make_catalogue(tmp_path / "new.yaml", 2))
    assert len(list(folder.glob("*.db"))) == 2


def test_only_so_many_catalogues_are_kept(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEEP_CATALOGUES", 4)
    for number in range(7):
        titles(make_catalogue(tmp_path / f"{number}.yaml", 1))
        age(folder, 120)
    assert len(list(folder.glob("*.db"))) <= 5
