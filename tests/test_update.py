"""An updated index equals one that is built from nothing, and only what changed is read."""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.speed.generate import Writer
from hypothesis import given
from hypothesis import strategies as st

from archivecli import files
from archivecli.archive import Archive
from archivecli.catalogue import loader
from archivecli.errors import CatalogueError, UsageError
from archivecli.events import Event
from archivecli.index import rows as event_rows
from archivecli.index import store, update, writer
from archivecli.index.conditions import ALL
from archivecli.index.counts import count_by
from archivecli.query.criteria import PERIODS, Query
from archivecli.query.parser import parse
from archivecli.readers import layout
from archivecli.schema import CORE_FACETS
from archivecli.search import rank as search
from conftest import Run, tried
from kills import killed, moments

pytestmark = pytest.mark.slow  # each test builds several indexes

WRITER = Writer(11)
HEADING = WRITER.heading()
POOL = list(WRITER.events(60))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Update the index of small catalogues too, whatever part of them has changed."""
    monkeypatch.setattr(store, "MIN_UPDATED", 0)
    monkeypatch.setattr(update, "MAX_SHARE", 100.0)
    monkeypatch.setattr(layout, "BATCH", 3000)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of one's own."""
    path = tmp_path / "cache"
    monkeypatch.setenv("ARCHIVE_CACHE", str(path))
    return path


def believe_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the times of files that were edited a moment ago."""
    monkeypatch.setattr(store, "_is_uncertain", lambda state, began_ns: False)


# What is in an index, without the numbers that it gives to events and names

EVENT = "(SELECT e.id FROM events e WHERE e.n = {})"
NAME = "(SELECT x.section || '/' || x.name FROM names x WHERE x.n = {})"
ROWS = {
    "meta": "SELECT * FROM meta WHERE key <> 'stamp'",
    "events": 'SELECT id, first, last, start, "end", title, kind, place, record FROM events',
    "names": "SELECT section, name, short, term FROM names",
    "aliases": f"SELECT aliases.section, alias, {NAME.format('aliases.name')} FROM aliases",
    "facets": f"SELECT facet, {NAME.format('facets.name')}, {EVENT.format('event')} FROM facets",
    "other_dates": f"SELECT {EVENT.format('event')}, first, last FROM other_dates",
    "related_ids": f"SELECT id, {EVENT.format('event')} FROM related_ids",
    "counts": "SELECT * FROM counts",
    "token_counts": f"SELECT {EVENT.format('token_counts.n')}, tokens FROM token_counts",
    "words": "SELECT * FROM words",
    "files": "SELECT path, head FROM files",
    "event_digests": f"SELECT {EVENT.format('event_digests.n')}, path, digest FROM event_digests JOIN files f ON f.n = file",
    "synonyms": "SELECT * FROM synonyms",
    "thesaurus": "SELECT * FROM temp.typed",
    "fts": f"SELECT term, {EVENT.format('doc')}, col, offset FROM temp.places",
    "bm25": f"SELECT {EVENT.format('fts.rowid')}, bm25(fts) FROM fts WHERE fts MATCH 'border OR police OR meeting'",
}


def rows(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    """Return every row of an index."""
    connection.execute("PRAGMA query_only = OFF")
    connection.execute("CREATE VIRTUAL TABLE temp.places USING fts5vocab(main, fts, instance)")
    connection.execute("CREATE VIRTUAL TABLE temp.typed USING fts5vocab(main, thesaurus, instance)")
    return {name: sorted(connection.execute(sql).fetchall(), key=repr) for name, sql in ROWS.items()}


QUERIES = [
    "border", "extradition", "police officers", '"law enforcement"', "traf*", "ministry OR customs", "-police", "meeting",
    "kind:workshop border", "serbia", "polcie", "zebra", "Ana Marinov", "2009", "marinov kovac novak", "police 2009-10",
]  # fmt: skip


def found_by(archive: Archive, query: Query) -> Any:
    """Return what an archive answers to a query, and how it explains that."""
    try:
        outcome = archive.search(query)
        found = [(hit.event.id, hit.score, hit.partial) for hit in outcome.hits]
        told = outcome.total, outcome.interpretation.notes, archive.matched(outcome), list(archive.explain(outcome))
        return found, told, archive.count(query)
    except UsageError as error:
        return str(error), error.hint


def answers(archive: Archive) -> Iterator[Any]:
    """Yield what an archive answers to many questions."""
    events = list(archive.select(Query()))
    for sort in ("date", "title", "kind", "place", "id"):
        yield [event.id for event in archive.select(Query(sort=sort))]
    for text in QUERIES:
        for query in (Query(parse(text).where), Query(parse(text).where, limit=3), Query(parse(text).where, "title")):
            yield text, found_by(archive, query)
    for by in (*PERIODS, *CORE_FACETS):
        yield archive.count_by(by, Query())
        assert archive.count_by(by, Query()) == count_by(archive.index, by, ALL)
        selection = archive.selection(Query())
        yield sorted(selection.cross((by, "kind")).items())
    for event in events[:5]:
        yield archive.related(event, 3), archive.index.short_id(event.id), archive.index.neighbours(event)
    yield archive.index.period, archive.index.date_range, archive.index.meta["about"]


def compiled(path: Path, cache: Path) -> tuple[str, dict[str, list[Any]], list[Any]] | list[Any]:
    """Return the state of a catalogue's index, its rows and its answers; or the problems of the catalogue."""
    before = os.environ["ARCHIVE_CACHE"]
    os.environ["ARCHIVE_CACHE"] = str(cache)
    try:
        archive = Archive(path)
        found = archive.state, rows(archive.index.connection), list(answers(archive))
        archive.close()
        return found
    except CatalogueError as error:
        return list(error.problems)
    finally:
        os.environ["ARCHIVE_CACHE"] = before


def check(path: Path, kept: Path, fresh: Path) -> str:
    """Compare the index that is kept with one made from nothing; return its state."""
    for old in fresh.glob("*"):
        old.unlink()
    updated, anew = compiled(path, kept), compiled(path, fresh)
    if isinstance(anew, list) or isinstance(updated, list):
        assert updated == anew
        return "refused"
    for name in ROWS:
        assert updated[1][name] == anew[1][name], name
    assert updated[2] == anew[2]
    assert anew[0] == "built"
    return updated[0]


# A catalogue that is edited


class Editor:
    """A catalogue of several files in a folder, and the edits that people make."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder = folder
        self.rng = rng
        self.pool = list(POOL)
        rng.shuffle(self.pool)
        self.files: dict[str, tuple[str, list[str]]] = {
            "a.yaml": (HEADING, self._taken(8)),
            "b.yaml": ("", self._taken(6)),
        }
        self.gone: set[str] = set()
        self.indents = {"b.yaml": rng.choice(["", "  "])}
        self.write()

    def _taken(self, number: int) -> list[str]:
        taken, self.pool = self.pool[:number], self.pool[number:]
        return [self._varied(event) for event in taken]

    def _varied(self, event: str) -> str:
        """Give an event something that not all have: other dates, names of no vocabulary, odd texts, comments."""
        number = self.rng.randint(1, 3)
        return event + self.rng.choice(
            [
                "",
                "",
                f"  dates:\n  - start: 200{number}-02-03\n    what: it was planned\n",
                f"  dates: [{{start: 2002-02, what: a}}, {{start: 2002-02, what: b}}]\n  series: [Talks {number}]\n",
                f"  projects: [{{project: Plan {number}}}]\n",
                f"  campaigns: [Žar {number}]\n",
                "  # said later\n",
                "\n",
                "  notes:\n  - |+\n    kept lines\n\n\n",
                "  notes: [caffè naïve]\n",
            ]
        )

    def write(self) -> None:
        for name in self.gone:
            (self.folder / name).unlink(missing_ok=True)
        self.gone = set()
        for name, (head, events) in self.files.items():
            indent = self.indents.get(name, "")
            listed = "".join(events)
            if indent:
                listed = "".join(f"{indent if line.strip() else ''}{line}" for line in listed.splitlines(keepends=True))
            text = head + ("events:\n" + listed if events or not head else "")
            path = self.folder / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8", newline="\n")

    def edit(self) -> None:
        """Do something that people do."""
        edits: list[Callable[[], None]] = [
            *[self.change] * 4, *[self.delete] * 2, *[self.insert] * 3, *[self.move] * 2, self.touch, self.add_file,
            self.remove_file, self.rename_file, self.relate, self.edit_head, self.duplicate, self.spoil, self.indent,
        ]  # fmt: skip
        self.rng.choice(edits)()
        self.write()

    def _place(self) -> tuple[list[str], int] | None:
        """Return a file's events and the place of one of them."""
        full = [events for _, events in self.files.values() if events]
        if not full:
            return None
        events = self.rng.choice(full)
        return events, self.rng.randrange(len(events))

    def change(self) -> None:
        if found := self._place():
            events, at = found
            word = self.rng.choice(["Border", "Zebra", "Police", "Quagga", "Meetings"])
            titled = events[at].replace("title: ", f"title: {word} ", 1)
            events[at] = self.rng.choice(
                [titled, titled, events[at].replace("count: ", "count: 1"), self._varied(titled)]
            )

    def delete(self) -> None:
        if found := self._place():
            del found[0][found[1]]

    def insert(self) -> None:
        if found := self._place():
            found[0][found[1] : found[1]] = self._taken(self.rng.randint(1, 2))

    def move(self) -> None:
        found, other = self._place(), self._place()
        if found and other:
            event = found[0].pop(found[1])
            other[0].insert(other[1], event)

    def duplicate(self) -> None:
        found, other = self._place(), self._place()
        if found and other:
            other[0].insert(other[1], found[0][found[1]])

    def spoil(self) -> None:
        if found := self._place():
            events, at = found
            wrong = [
                "  title: twice\n",
                "  nonsense: 1\n",
                "  kind: unheard-of\n",
                "  notes: [\n",
                "  start: 2001-99\n",
            ]
            events[at] += self.rng.choice(wrong)

    def relate(self) -> None:
        found, other = self._place(), self._place()
        if found and other and "related:" not in found[0][found[1]]:
            target = other[0][other[1]][6:].splitlines()[0]
            found[0][found[1]] += f"  related: [{target}]\n"

    def edit_head(self) -> None:
        name = self.rng.choice(list(self.files))
        head, events = self.files[name]
        new = head.replace("vocabulary:\n", "thesaurus:\n- [zebra, quagga]\nvocabulary:\n") if head else "# of old\n"
        self.files[name] = (new if "thesaurus" not in head else head.replace("made-up", "made"), events)

    def indent(self) -> None:
        name = self.rng.choice(list(self.files))
        self.indents[name] = "" if self.indents.get(name) else "  "

    def touch(self) -> None:
        os.utime(self.folder / self.rng.choice(list(self.files)))

    def add_file(self) -> None:
        self.files[f"{self.rng.choice('0cz')}{len(self.pool)}.yaml"] = ("", self._taken(2))

    def remove_file(self) -> None:
        if len(self.files) > 1:
            name = self.rng.choice([name for name in self.files if name != "a.yaml"])
            del self.files[name]
            self.gone.add(name)

    def rename_file(self) -> None:
        name = self.rng.choice(list(self.files))
        self.files[f"r{len(self.pool)}{name}"] = self.files.pop(name)
        self.gone.add(name)


@tried(15)
@given(seed=st.integers(0, 2**32), clock=st.booleans())
def test_whatever_is_edited_the_index_is_the_one_made_from_nothing(
    seed: int, clock: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(seed)
    home = tmp_path_factory.mktemp("edited")
    path, kept, fresh = home / "catalogue", home / "kept", home / "fresh"
    for place in (path, kept, fresh):
        place.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(search, "BROAD", 5 if clock else 10_000)
        if clock:
            believe_the_clock(monkeypatch)
        editor = Editor(path, rng)
        states = [check(path, kept, fresh)]
        for _ in range(rng.randint(1, 5)):
            for _ in range(rng.randint(1, 3)):
                editor.edit()
            states.append(check(path, kept, fresh))


STATES = {
    "change": "updated",
    "delete": "updated",
    "insert": "updated",
    "move": "updated",
    "relate": "updated",
    "touch": "updated",
    "indent": "updated",
    "add_file": "updated",
    "remove_file": "updated",
    "rename_file": "updated",
    "edit_head": "built",
    "duplicate": "refused",
    "spoil": "refused",
}


@pytest.mark.parametrize("edit", STATES)
def test_an_edit_of_each_kind_is_an_update_or_leads_to_a_new_index(
    edit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    believe_the_clock(monkeypatch)
    path, kept, fresh = tmp_path / "catalogue", tmp_path / "kept", tmp_path / "fresh"
    for place in (path, kept, fresh):
        place.mkdir(mode=0o700)
    editor = Editor(path, random.Random(1))
    editor.files |= {"0.yaml": (HEADING, []), "a.yaml": ("", editor.files["a.yaml"][1])}
    editor.write()
    assert check(path, kept, fresh) == "built"
    if edit in ("rename_file", "remove_file"):  # not the one with the heading, which would count as another one
        monkeypatch.setattr(editor.rng, "choice", lambda _: "b.yaml")
    found = "fresh"
    while found == "fresh":  # an event may be moved to where it was
        if edit == "edit_head":
            editor.files["0.yaml"] = (HEADING.replace("made-up", "made"), [])
        else:
            getattr(editor, edit)()
        editor.write()
        found = check(path, kept, fresh)
    assert found == STATES[edit]


def test_an_event_that_another_one_names_is_missed(tmp_path: Path, folder: Path, run: Run) -> None:
    path = tmp_path / "catalogue.yaml"
    target = POOL[1][6:].splitlines()[0]
    naming = POOL[0] + f"  related: [{target}]\n"
    write(path, [naming, POOL[1], POOL[2]])
    assert state(path) == "built"
    write(path, [naming, POOL[2]])
    assert f"no event has the id {target}" in run("count", "--catalogue", str(path)).err
    write(path, [naming, POOL[2], POOL[1]])
    assert state(path) == "updated"
    write(path, [POOL[0], POOL[2]])
    assert state(path) == "updated"
    for word in ("Quagga", "Zebra"):  # names come and go
        write(path, [POOL[0], POOL[2].replace("Gordana", word)])
        assert state(path) == "updated"


# What is read


def write(path: Path, events: Iterable[str]) -> None:
    path.write_text(HEADING + "events:\n" + "".join(events), encoding="utf-8", newline="\n")


def state(path: Path) -> str:
    archive = Archive(path)
    archive.close()
    return archive.state


def titled(word: str, number: int) -> str:
    """Return an event with another title."""
    return POOL[number].replace("title: ", f"title: {word} ", 1)


def id_of(event: str) -> str:
    return event[6:].splitlines()[0]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.yaml"
    write(path, POOL[:40])
    return path


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the events that are prepared, in this process."""
    real = event_rows.RowBuilder.__call__
    ids: list[str] = []

    def noting(self: event_rows.RowBuilder, events: Iterable[Event]) -> event_rows.EventRows:
        found = real(self, events)
        ids.extend(row[0] for row in found.events)
        return found

    monkeypatch.setattr(event_rows.RowBuilder, "__call__", noting)
    return ids


def test_only_the_events_that_changed_are_compiled(large: Path, folder: Path, prepared: list[str], run: Run) -> None:
    assert run("count", "--catalogue", str(large)).out == "40\n"
    assert len(prepared) == 40
    prepared.clear()
    write(large, [*POOL[:20], titled("Quagga", 20), *POOL[22:40], POOL[50]])
    assert run("search", "quagga", "--format", "ids", "--catalogue", str(large)).lines == [id_of(POOL[20])]
    gone, new = sorted(map(id_of, POOL[20:22])), [id_of(POOL[20]), id_of(POOL[50])]
    assert (sorted(prepared[:2]), prepared[2:]) == (gone, new)
    assert state(large) == "fresh"


def test_of_a_file_that_was_only_touched_no_event_is_read(large: Path, folder: Path, prepared: list[str]) -> None:
    state(large)
    prepared.clear()
    os.utime(large, (1, 1))
    assert state(large) == "updated"
    assert not prepared
    assert check(large, folder, fresh_folder(folder)) == "fresh"


def test_of_many_files_only_the_changed_one_is_read(
    tmp_path: Path, folder: Path, prepared: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    believe_the_clock(monkeypatch)
    many = tmp_path / "many"
    many.mkdir()
    (many / "0.yaml").write_text(HEADING)
    for number in range(6):
        (many / f"{number + 1}.yaml").write_text("events:\n" + "".join(POOL[number * 5 : number * 5 + 5]))
    assert run("count", "--catalogue", str(many)).out == "30\n"
    read: list[str] = []
    opened = files.open_binary

    def noting(path: str) -> int:
        read.append(os.path.basename(path))
        return opened(path)

    monkeypatch.setattr(files, "open_binary", noting)
    prepared.clear()
    (many / "4.yaml").write_text("events:\n" + "".join([*POOL[15:18], titled("Quagga", 18)]))
    assert run("search", "quagga", "--format", "ids", "--catalogue", str(many)).lines == [id_of(POOL[18])]
    assert set(read) == {"4.yaml"}
    assert set(prepared) == {id_of(POOL[18]), id_of(POOL[19])}
    assert run("count", "--catalogue", str(many)).out == "29\n"
    monkeypatch.setattr(store, "_is_uncertain", lambda state, began_ns: True)  # content decides, and nothing is new
    read.clear()
    os.utime(many / "2.yaml")
    assert state(many) == "updated"
    assert len(set(read)) == 7


def test_helpers_share_the_work(large: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state(large)
    monkeypatch.setattr(loader, "SHARED", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    write(large, [*POOL[:10], *(titled("Quagga", number) for number in range(10, 40))])
    assert check(large, folder, fresh_folder(folder)) == "updated"


def fresh_folder(folder: Path) -> Path:
    path = folder.with_name("fresh")
    path.mkdir(mode=0o700, exist_ok=True)
    return path


# What is not updated


def test_small_catalogues_are_compiled_whole(large: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MIN_UPDATED", large.stat().st_size + 100)
    state(large)
    write(large, [titled("Quagga", 0), *POOL[1:40]])
    assert state(large) == "built"


def test_where_much_has_changed_everything_is_made_anew(
    large: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "MAX_SHARE", 0.25)
    state(large)
    write(large, [*POOL[:35], *(titled("Quagga", number) for number in range(35, 40))])
    assert state(large) == "updated"
    write(large, [*POOL[:34], *(titled("Zebra", number) for number in range(34, 40))])
    assert state(large) == "built"


@pytest.mark.parametrize("apart", [False, True], ids=["in the file", "in another file"])
def test_after_an_edit_of_what_was_parsed_whole_the_index_is_built(tmp_path: Path, folder: Path, apart: bool) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for title in ("Quagga", "Zebrafish", ""):
        event = f"{{id: 2009-01-01-x, title: {title}, start: 2009-01-01, aims: ['a\n- b']}}\n" if title else ""
        write(many / "1.yaml", [*POOL[:30], f"- {event}" if event and not apart else ""])
        (many / "2.yaml").write_text(f"events: [{event if apart else ''}]\n")
        assert state(many) == "built"
        found = [event.title for event in Archive(many).select(Query())]
        assert len(found) == 30 + bool(title)
        assert not title or title in found


def test_what_cannot_be_cut_is_compiled_whole(large: Path, folder: Path) -> None:
    for word in ("Quagga", "Zebra", "Okapi"):
        write(large, [titled(word, 0), *POOL[1:40]])
        large.write_text(large.read_text() + "...\n")
        assert state(large) == "built"


# Mishaps

MISHAPS: dict[str, tuple[Any, str, type[BaseException]]] = {
    "no space for the copy": (store, "_copy", OSError),
    "the copy is damaged": (writer.Writer, "_remove", sqlite3.DatabaseError),
    "what must be rebuilt": (writer.Writer, "_remove_names", writer.StaleIndex),
    "a file that changes": (writer.Writer, "_remove_names", layout.Changed),
    "no space at the end": (os, "utime", OSError),
}


@pytest.mark.parametrize("what", MISHAPS)
def test_where_it_fails_everything_is_made_anew(
    what: str, large: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    state(large)
    place, name, error = MISHAPS[what]
    real = getattr(place, name)

    def fails(*args: Any, **settings: Any) -> Any:
        monkeypatch.setattr(place, name, real)  # once
        raise error

    monkeypatch.setattr(place, name, fails)
    write(large, [titled("Quagga", 0), *POOL[1:40]])
    assert check(large, folder, fresh_folder(folder)) == "built"
    assert len(list(folder.iterdir())) == 1
    assert state(large) == "fresh"


def test_an_interrupted_update_leaves_the_old_index(large: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state(large)
    before = sorted(folder.iterdir())

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as pressed:
        pressed.setattr(writer.Writer, "_store_words", interrupted)
        write(large, [titled("Quagga", 0), *POOL[1:40]])
        with pytest.raises(KeyboardInterrupt):
            state(large)
    assert sorted(folder.iterdir()) == before
    assert check(large, folder, fresh_folder(folder)) == "updated"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_killed_at_any_moment_of_an_update(large: Path, folder: Path) -> None:
    state(large)
    write(large, [titled("Zebra", 0), *POOL[1:40]])
    for number, moment in enumerate(moments(lambda: state(large), 20)):
        write(large, [titled(f"Round{number}", number % 40), *(e for n, e in enumerate(POOL[:40]) if n != number % 40)])
        killed(lambda: state(large), moment)
        assert check(large, folder, fresh_folder(folder)) in ("updated", "fresh")


@pytest.mark.parametrize("how", ["shorter", "another byte", "gone", "open to others"])
def test_an_index_that_was_damaged_is_not_built_upon(how: str, large: Path, folder: Path) -> None:
    state(large)
    (index,) = folder.glob("*.db")
    if how == "shorter":
        os.truncate(index, index.stat().st_size - 4096)
    elif how == "another byte":
        data = bytearray(index.read_bytes())
        data[len(data) // 2] ^= 1
        index.write_bytes(data)
    elif how == "open to others":
        index.chmod(0o666)
    else:
        index.unlink()
    write(large, [titled("Quagga", 0), *POOL[1:40]])
    assert check(large, folder, fresh_folder(folder)) == "built"


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
def test_damage_that_the_file_system_hides_is_never_believed(large: Path, folder: Path, run: Run) -> None:
    """A disk that changes bytes by itself: the whole is made anew, or it is told; never a traceback."""
    state(large)
    (index,) = folder.glob("*.db")
    for page in range(1, index.stat().st_size // 4096, 5):
        status = index.stat()
        data = bytearray(index.read_bytes())
        data[page * 4096 : page * 4096 + 4096] = b"\xff" * 4096
        index.write_bytes(data)
        os.utime(index, ns=(status.st_atime_ns, status.st_mtime_ns))
        write(large, [titled(f"Page{page}", page % 40), *(e for n, e in enumerate(POOL[:40]) if n != page % 40)])
        result = run("list", "--catalogue", str(large))
        assert result.code == 0 or "has been deleted" in result.err
        index.unlink(missing_ok=True)
        state(large)


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_no_room_for_a_copy(large: Path, folder: Path) -> None:
    state(large)
    (index,) = folder.glob("*.db")
    write(large, [titled("Quagga", 0), *POOL[1:40]])
    program = (
        "import resource, sys\n"
        "from archivecli.__main__ import main\n"
        "from archivecli.index import store\n"
        "store.MIN_UPDATED = 0\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({index.stat().st_size // 2},) * 2)\n"
        f"sys.argv = ['archive', '--catalogue', {str(large)!r}, 'search', 'quagga', '--format', 'ids']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{id_of(POOL[0])}\n", "")
    assert list(folder.iterdir()) == [index]
    assert check(large, folder, fresh_folder(folder)) == "updated"


@pytest.mark.skipif(os.name != "posix", reason="processes of POSIX")
def test_multiple_updates_and_readers_at_once(large: Path, folder: Path) -> None:
    """While the catalogue is edited, every process gets all of its events, before an edit or after it."""
    other = large.with_name("other.yaml")
    write(large, [*POOL[1:40], titled("Quagga", 0)])
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            answers = set()
            with contextlib.suppress(BaseException):
                for _ in range(25):
                    with contextlib.suppress(CatalogueError):  # the file changes again and again while it is read
                        archive = Archive(large)
                        answers.add((archive.search(Query(parse("quagga").where)).total, archive.index.size))
                        archive.close()
                os._exit(0 if answers == {(1, 40)} else 2)
            os._exit(1)
        children.append(child)
    for number in range(40):
        write(other, [*(e for n, e in enumerate(POOL[:40]) if n != number), titled("Quagga", number)])
        os.replace(other, large)
        state(large)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    write(large, [*POOL[1:40], titled("Quagga", 41)])
    assert check(large, folder, fresh_folder(folder)) in ("updated", "built")


def test_one_index_is_in_force_when_another_process_is_faster(
    large: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state(large)
    write(large, [titled("Quagga", 0), *POOL[1:40]])
    real = store._copy

    def faster(index: Path, temporary: Path, stamp: dict[str, Any]) -> None:
        real(index, temporary, stamp)
        monkeypatch.setattr(store, "_copy", real)
        assert state(large) == "updated"

    monkeypatch.setattr(store, "_copy", faster)
    assert state(large) == "updated"
    assert len(list(folder.iterdir())) == 1
    assert check(large, folder, fresh_folder(folder)) == "fresh"


def test_info_reports_that_the_index_was_updated(large: Path, folder: Path, run: Run) -> None:
    state(large)
    write(large, POOL[:39])
    assert "brought up to date just now" in run("info", "--catalogue", str(large)).out
