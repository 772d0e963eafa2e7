"""Files are read as YAML readers read them, and in batches and worker processes as in one piece."""

import os
import random
import signal
import sqlite3
import string
import subprocess
import sys
import time
import types
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from benchmarks.speed.generate import Writer
from hypothesis import example, given
from hypothesis import strategies as st

from archivecli.catalogue import loader
from archivecli.catalogue.loader import Catalogue
from archivecli.errors import CatalogueError
from archivecli.index import writer
from archivecli.index.conditions import ALL
from archivecli.index.counts import count_by
from archivecli.index.reader import Index
from archivecli.index.writer import build
from archivecli.query.criteria import PERIODS
from archivecli.readers import layout, yaml
from archivecli.schema import CORE_FACETS
from conftest import CATALOGUE, HANG, Run, tried

WRITER = Writer(3)
HEADING = WRITER.heading()
EVENTS = list(WRITER.events(40))
SHIPPED = CATALOGUE.read_text(encoding="utf-8")

TRICKY = [
    *": |# ,&*!|>%@`\"'{}[]?-~\t\n\r",
    "- ", ": ", " #", "\n", "\n\n", "  ", "---", "...", "\n---\n", "\n...\n", "<<: ", "? ", "\x85", "\u2028", "\ufeff",
    "|2-", ">+", ">-\n", "|\n", "[]", "{}", "[a, b", "''", "\"\"", "\\n",
    "\n- ", "\n  - ", "\nevents:\n", "é", "null", "yes", "\nkey: ",
]  # fmt: skip


# One document


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """An event of the generator with some characters replaced, removed or inserted."""
    text = draw(st.sampled_from(EVENTS))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 4))
        text = text[:at] + draw(st.sampled_from(TRICKY) | st.text(max_size=3)) + text[at + length :]
    return text


@tried(200)
@example(f"\ufeff{EVENTS[0]}")
@given(spoilt() | st.lists(st.sampled_from(["- ", "  ", "a: ", "a:", "b", "\n", "\n- ", "\n  ", *TRICKY])).map("".join))
def test_values_are_those_of_any_yaml_reader_or_none(text: str) -> None:
    try:
        decoded = yaml.decode(text.encode("utf-8", "surrogatepass"), "x")
        found, faults = yaml.parse(decoded, "x")
    except yaml.ParseError as error:
        assert (error.problem.line, error.problem.column) >= (1, 1)  # noqa: PT017
        return
    placed, same_faults = yaml.parse(decoded, "x", places=True)
    if faults:
        assert len(faults) == len(same_faults)
        return
    assert (found or None) == (placed or None) == (pyyaml.load(decoded, pyyaml.CBaseLoader) or None)
    lines = decoded.split("\n")
    for value in scalars(placed):
        if value.plain and value and not {"\r", "\x85", "\u2028", "\u2029"} & set(decoded):
            assert lines[value.line - 1][value.column - 1 :].startswith(value.split()[0]), value


def scalars(value: Any) -> list[Any]:
    """Return every string inside a value, keys among them."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in (key, *scalars(inner))]
    if isinstance(value, list):
        return [found for inner in value for found in scalars(inner)]
    return [] if value is None else [value]


# Whole catalogues: every question to the index has the same answer


def contents(catalogue: Catalogue) -> dict[str, list[Any]]:
    """Return every row of an index made from a catalogue, the search index as its words and places."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    build(connection, catalogue)
    connection.execute("CREATE VIRTUAL TABLE temp.places USING fts5vocab(main, fts, instance)")
    tables = [
        "meta",
        "events",
        "names",
        "aliases",
        "facets",
        "token_counts",
        "other_dates",
        "words",
        "synonyms",
        "temp.places",
    ]
    return {table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in tables}


def index_or_problems(path: Path, whole: bool = False) -> Any:
    try:
        return contents(Catalogue(path, whole=whole))
    except CatalogueError as error:
        return error.problems
    except layout.CannotCut:
        return index_or_problems(path, whole=True)


LAYOUTS = {
    "events last": HEADING + "events:\n" + "".join(EVENTS),
    "events first": "events:\n" + "".join(EVENTS) + HEADING,
    "a comment and an empty line before the list": HEADING + "events: # all\n\n# the first\n" + "".join(EVENTS),
    "indented list": HEADING + "events:\n" + "".join(f"  {line}\n" for line in "".join(EVENTS).splitlines()),
    "a byte-order mark": "\ufeff" + HEADING + "events:\n" + "".join(EVENTS),
    "line ends of Windows": (HEADING + "events:\n" + "".join(EVENTS)).replace("\n", "\r\n"),
    "related events": HEADING + "events:\n" + EVENTS[0] + f"  related: [{EVENTS[1][6:].splitlines()[0]}]\n" + EVENTS[1],
    "an end of the document": HEADING + "events:\n" + "".join(EVENTS) + "...\n",
    "a quote that holds an item": HEADING + "events:\n" + EVENTS[0] + '  aims: ["a\n- b"]\n' + "".join(EVENTS[1:]),
    "a quoted key after the events": "events:\n" + "".join(EVENTS) + HEADING.replace("vocabulary:", '"vocabulary":'),
    "a quote that holds a key": HEADING + "events:\n" + "".join(EVENTS) + '  aims: ["a\nabout: x"]\n',
    "the shipped one": SHIPPED,
}


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_a_catalogue_in_batches_gives_the_same_index(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "BATCH", 3000)
    monkeypatch.setattr(writer, "MAX_WORDS", 70)
    path = tmp_path / "big.yaml"
    path.write_bytes(LAYOUTS[name].encode())
    found = index_or_problems(path)
    assert isinstance(found, dict)
    assert found == index_or_problems(path, whole=True)


@pytest.mark.parametrize("name", ["events last", "the shipped one"])
def test_stored_counts_are_those_that_are_counted(name: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(LAYOUTS[name], encoding="utf-8")
    connection = sqlite3.connect(":memory:", isolation_level=None)
    build(connection, Catalogue(path))
    index = Index(connection)
    for field in (*PERIODS, *CORE_FACETS):
        assert index.stored_counts(field) == count_by(index, field, ALL)


@pytest.mark.parametrize("system", ["Linux", "Darwin"], ids=["forked", "spawned"])
def test_worker_processes_change_nothing(system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: types.SimpleNamespace(sysname=system), raising=False)
    monkeypatch.setattr(layout, "BATCH", 3000)
    monkeypatch.setattr(loader, "SHARED", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    (tmp_path / "0.yaml").write_text(HEADING)
    for number in range(4):
        (tmp_path / f"e{number}.yaml").write_text("events:\n" + "".join(EVENTS[number * 10 : number * 10 + 10]))
    found = index_or_problems(tmp_path)
    assert found == index_or_problems(tmp_path, whole=True)
    assert len(found["events"]) == 40


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_no_worker_outlives_a_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_text(HEADING + "events:\n" + "".join(WRITER.events(3000)))
    program = (
        "import os, sys, signal; from archivecli.catalogue import loader; from pathlib import Path\n"
        "loader.SHARED = 0; os.sched_getaffinity = lambda _: {0, 1, 2}\n"
        "next(loader.Catalogue(Path(sys.argv[1])).batches(len))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.Popen([sys.executable, "-c", program, str(path)], start_new_session=True)
    assert killed.wait(HANG) == -signal.SIGKILL
    end = time.monotonic() + HANG
    while time.monotonic() < end:
        try:
            os.killpg(killed.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("a worker is left")


WRONG = {
    "an id twice": EVENTS[3],
    "an unknown related event": EVENTS[0].replace("event-1", "event-0") + "  related: [2009-01-01-nowhere]\n",
    "no title": "- id: 2009-01-01-x\n  start: 2009-01-01\n",
    "a second document": "---\n- id: 2009-01-01-x\n  title: T\n  start: 2009-01-01\n",
    "an end of the document": "...\n- id: 2009-01-01-x\n  title: T\n  start: 2009-01-01\n",
    "an open quote": '- id: 2009-01-01-x\n  title: "T\n  start: 2009-01-01\n',
    "an anchor": "- id: 2009-01-01-x\n  title: &a T\n  start: 2009-01-01\n",
    "events twice": "events:\n- id: 2009-01-01-x\n  title: T\n  start: 2009-01-01\n",
    "a control character": "- id: 2009-01-01-x\n  title: T\x07\n  start: 2009-01-01\n",
}


@pytest.mark.parametrize("what", list(WRONG))
def test_problems_and_their_places_do_not_depend_on_batches(
    what: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "BATCH", 3000)
    path = tmp_path / "big.yaml"
    last = EVENTS[5].replace("event-6", "event-99").replace("title: ", "titel: ", 1)
    path.write_text(HEADING + "events:\n" + "".join(EVENTS) + WRONG[what] + last)
    found = index_or_problems(path)
    assert isinstance(found, tuple)
    assert len(found) > 1 or what in ("a second document", "a control character", "events twice")
    assert found == index_or_problems(path, whole=True)
    result = run("--catalogue", str(path), "count", ARCHIVE_CACHE=str(tmp_path / "cache"))
    assert result.code == 1
    assert str(found[0]) in result.err


@tried(40)
@given(seed=st.integers(0, 2**32))
def test_a_spoilt_catalogue_is_read_alike_in_batches(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "BATCH", 2000)
    rng = random.Random(seed)
    text = LAYOUTS["events first" if seed % 2 else "events last"]
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice([*TRICKY, *string.ascii_lowercase, ""]) + text[at + rng.randint(0, 3) :]
    path = tmp_path / "big.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert index_or_problems(path) == index_or_problems(path, whole=True)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs a list of open files")
def test_no_file_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    before = len(os.listdir("/proc/self/fd"))
    for wrong in ("", WRONG["an id twice"], WRONG["an open quote"]):
        path.write_text(HEADING + "events:\n" + "".join(EVENTS) + wrong)
        index_or_problems(path)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    "word", ["no", "Yes", "~", "null", "12", "1_000", "0x1f", "1e3", "12:30", "2009-12-09", ".inf", "<<", "="]
)
def test_an_unquoted_word_that_yaml_reads_as_another_type_is_ambiguous(word: str) -> None:
    value, _ = yaml.parse(f"[{word}, '{word}', {word}x y]", "x")
    assert [isinstance(item, yaml.Ambiguous) for item in value] == [True, False, False]
