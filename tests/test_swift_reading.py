"""The hurried reading of large catalogues gives what the careful one gives, or leaves it to the careful one."""

import json
import os
import random
import sqlite3
import string
import types
from pathlib import Path
from typing import Any

import pytest
from benchmarks.speed.generate import Writer
from hypothesis import example, given
from hypothesis import strategies as st

from archivecli import text
from archivecli.catalogue import blocks, reader, sound, swift
from archivecli.catalogue.loading import Catalogue, Root, sound_event
from archivecli.catalogue.validation import Checker
from archivecli.errors import CatalogueError, StartAgain
from archivecli.fields import RECORD, Shape
from archivecli.index import build as index_build
from archivecli.index import prepare
from archivecli.index.build import build
from conftest import CATALOGUE, Run, tried

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


def plainly(node: reader.Node) -> Any:
    """Return a node without its places."""
    if isinstance(node, reader.Scalar):
        return node.text, node.plain
    if isinstance(node, reader.Sequence):
        return [plainly(item) for item in node.items]
    return [(key.text, key.plain, plainly(value)) for key, value in node.entries]


def bare(value: blocks.Value) -> Any:
    """Return a value that was read line by line as ``plainly`` returns it."""
    if isinstance(value, str):
        return value, True
    if isinstance(value, blocks.Quoted):
        return value.text, False
    if isinstance(value, list):
        return [bare(item) for item in value]
    return [(key, True, bare(inner)) for key, inner in value.items()]


def decoded(text: str) -> str:
    """Return a text as the bytes of a file give it, an empty one where they do not."""
    try:
        return reader.decode(text.encode("utf-8", "surrogatepass"), "x")
    except reader.Unreadable:
        return ""


def hurriedly(text: str) -> Any:
    """Return the items that are found line by line in a text that can be decoded, or None where there is any doubt."""
    found = blocks.items(decoded(text))
    return None if found is None else [bare(item) for item in found]


def carefully(text: str) -> Any:
    """Return the items that the full parser finds in a list below a key, or None where it finds anything else."""
    try:
        root = reader.parse(f"events:\n{text}\n", "x")
    except reader.Unreadable:
        return None
    if not isinstance(root, reader.Mapping) or len(root.entries) != 1:
        return None
    node = root.entries[0][1]
    return [plainly(item) for item in node.items] if isinstance(node, reader.Sequence) else None


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """An event of the generator with some letters exchanged, left out or put in."""
    text = draw(st.sampled_from(EVENTS))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 4))
        text = text[:at] + draw(st.sampled_from(TRICKY) | st.text(max_size=3)) + text[at + length :]
    return text


@tried(150)
@example(f"\ufeff{EVENTS[0]}")
@given(spoilt())
def test_lines_are_read_as_the_parser_reads_them_or_not_at_all(text: str) -> None:
    found = hurriedly(text)
    if found is not None:
        assert found == carefully(decoded(text))


@tried(150)
@given(st.lists(st.sampled_from(["- ", "  ", "a: ", "a:", "b: ", "c", "\n", "\n- ", "\n  ", "\n    ", *TRICKY])))
def test_scraps_are_read_as_the_parser_reads_them_or_not_at_all(scraps: list[str]) -> None:
    text = "- " + "".join(scraps)
    found = hurriedly(text)
    if found is not None:
        assert found == carefully(text)


def test_events_of_the_generator_are_read_without_the_parser() -> None:
    assert all(blocks.items(event) is not None for event in EVENTS)


# Records: what is sound beyond doubt is what the full validation finds

VOCABULARY = Catalogue(Path("x"), [Root("x", reader.parse(HEADING, "x") or reader.Sequence([], 0, 0))]).vocabulary
RECORDS = sound.Records(VOCABULARY)

ODD_VALUES = [
    "no", "yes", "~", "null", "12", "007", "-3", "1.5", "1e3", "0x1f", "2009", "2009-02", "2009-02-28", "2009-02-30", "12:30",
    "true", "false", "On", "a\u00a0b", "two  blanks", "č", "http://x.org/a", "http://x y", "mailto:a@b", "serbia", "Serbia",
    "SERBIA", "2009-12-09-x", "2009-12-09-X", "'quoted'", '"no"', '" "', "''", "[]", "[a]", "[no, serbia]", "{a: b}", "{name: x}",
    "{count: 3, of: men}", "{city: " + WRITER.cities[0].lower() + "}", "{note: n, country: serbia}", "{start: 2009, what: w}",
]  # fmt: skip
GOOD_VALUES = {
    "text": ["a few words", "Šid", "'quoted: so'", '"no"', "of 12 men", "two  blanks", "x"],
    "block": [">-\n{0}some lines\n{0}of text", "|\n{0}one\n\n{0}two", "a line", "'no'"],
    "date": ["2009", "2009-02", "2009-02-28", "'2010'", "2010-01-01"],
    "number": ["1", "-3", "17.5", "007", "'12'"],
    "count": ["0", "12", "'3'"],
    "flag": ["true", "false"],
    "url": ["http://x.org/a", "mailto:a@b"],
    "id": ["2009-12-09-x", "2010"],
    "ref": ["serbia", "Serbia", "prisons", "training", WRITER.cities[3].lower(), "'Serbia'", "somebody"],
}


@st.composite
def shaped(draw: st.DrawFn, shape: Shape, indent: int) -> str:
    """What stands behind or below a key: nearly always what ``shape`` allows."""
    margin = " " * indent
    if draw(st.integers(0, 60)) == 0:
        return draw(st.sampled_from(ODD_VALUES))
    if shape.kind == "list":
        assert shape.item is not None
        if shape.item.kind not in ("map", "block", "url") and draw(st.booleans()):
            return (
                f"[{', '.join(draw(st.lists(st.sampled_from(GOOD_VALUES[shape.item.kind]), min_size=1, max_size=3)))}]"
            )
        items = draw(st.lists(shaped(shape.item, indent + 2), min_size=1, max_size=2))
        return "".join(f"\n{margin}- {item.lstrip()}" for item in items)
    if shape.kind == "map":
        if shape.shorthand and draw(st.booleans()):
            inner = next(field for field in shape.fields if field.name == shape.shorthand)
            return draw(shaped(inner.shape, indent))
        chosen = draw(st.sets(st.sampled_from(shape.fields), min_size=1, max_size=3))
        fields = [field for field in shape.fields if field.required or field in chosen]
        return "".join(
            f"\n{margin}{field.name}: {draw(shaped(field.shape, indent + 2))}"
            for field in draw(st.permutations(fields))
        )
    return draw(st.sampled_from(GOOD_VALUES[shape.kind])).format(margin)


@st.composite
def records(draw: st.DrawFn) -> str:
    """A record of a few fields in any order."""
    chosen = draw(st.lists(st.sampled_from(RECORD[5:]), unique=True, max_size=4))
    lines = [f"{field.name}: {draw(shaped(field.shape, 4))}" for field in chosen]
    first = [
        "id: 2009-12-09-x",
        "title: T",
        "start: 2009-12-09",
        *draw(st.sampled_from([[], ["end: 2009-12"], ["end: 2009-02"], ["kind: training"]])),
    ]
    return "\n".join("  " + line for line in draw(st.permutations(first + lines))).replace("  ", "- ", 1)


@tried(150)
@example("\ufeff- id: 2009-12-09-x\n  title: T\n  start: 2009-12-09")
@given(records() | spoilt())
def test_a_record_is_sound_as_the_full_validation_finds_it_or_left_to_it(text: str) -> None:
    text = decoded(text)  # without the byte-order mark, which only the beginning of a file may have
    found = [RECORDS.record(value) for value in blocks.items(text) or ()]
    if not found or None in found:
        return
    root = reader.parse(f"events:\n{text}\n", "x")
    assert isinstance(root, reader.Mapping)
    checker = Checker("x", VOCABULARY)
    events = [sound_event(checker, node) for node in root.entries[0][1].items]  # type: ignore[union-attr]
    assert not checker.problems
    assert [json.dumps(record) for record in found] == [json.dumps(event.record) for event in events if event]


def test_the_events_of_the_generator_are_sound_without_the_full_validation() -> None:
    for event in EVENTS:
        (value,) = blocks.items(event) or [""]
        assert RECORDS.record(value) is not None


@tried(150)
@given(
    st.lists(
        st.sampled_from([*" ., ;:()?!-/'$%`", "U.N.", "2nd", "1,000", "17.5", "e-mail", "č", "Word", "a", "I", "\n"])
    )
)
def test_text_is_folded_at_one_go_as_word_by_word(parts: list[str]) -> None:
    written = "".join(parts)
    slowly = [
        word for run in written.split() for word in text.searchable(f"{run} ζζ").split()
    ]  # not ASCII: word by word
    assert sorted(text.searchable(written).replace("¶", "").split()) == sorted(set_aside(slowly, "¶", "zz"))


def set_aside(words: list[str], *others: str) -> list[str]:
    """Return the words without some."""
    return [word for word in words if word not in others]


# Whole catalogues: every question to the index has the same answer


def contents(catalogue: Any) -> dict[str, list[Any]]:
    """Return every row of an index made from a catalogue, the search index as its words and places."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    build(connection, catalogue)
    connection.execute("CREATE VIRTUAL TABLE temp.places USING fts5vocab(main, fts, instance)")
    tables = ["meta", "events", "names", "aliases", "facets", "lengths", "moments", "words", "synonyms", "temp.places"]
    return {table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in tables}


def read_both(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """Return what a hurried and a careful reading come to: tables, problems, or None where the hurried one gives up."""
    try:
        careful: Any = contents(Catalogue(path))
    except CatalogueError as error:
        careful = error.problems
    catalogue = swift.opened(path)
    try:
        return (contents(catalogue) if catalogue else None), careful
    except StartAgain:
        return None, careful


LAYOUTS = {
    "events last": HEADING + "events:\n" + "".join(EVENTS),
    "events first": "events:\n" + "".join(EVENTS) + HEADING,
    "a comment and an empty line before the list": HEADING + "events: # all\n\n# the first\n" + "".join(EVENTS),
    "indented list": HEADING + "events:\n" + "".join(f"  {line}\n" for line in "".join(EVENTS).splitlines()),
    "a byte-order mark": "\ufeff" + HEADING + "events:\n" + "".join(EVENTS),
    "line ends of Windows": (HEADING + "events:\n" + "".join(EVENTS)).replace("\n", "\r\n"),
    "related events": HEADING + "events:\n" + EVENTS[0] + f"  related: [{EVENTS[1][6:].splitlines()[0]}]\n" + EVENTS[1],
    "the shipped one": SHIPPED,
}


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_large_catalogue_gives_the_same_index(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swift, "PIECE", 3000)
    path = tmp_path / "big.yaml"
    path.write_bytes(LAYOUTS[layout].encode())
    hurried, careful = read_both(path, monkeypatch)
    assert isinstance(careful, dict)
    assert hurried == careful


@pytest.mark.parametrize("system", ["Linux", "Darwin"], ids=["forked", "spawned"])
def test_helpers_change_nothing(system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: types.SimpleNamespace(sysname=system), raising=False)
    monkeypatch.setattr(swift, "PIECE", 3000)
    monkeypatch.setattr(swift, "SHARED", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    (tmp_path / "0.yaml").write_text(HEADING)
    for number in range(4):
        (tmp_path / f"e{number}.yaml").write_text("events:\n" + "".join(EVENTS[number * 10 : number * 10 + 10]))
    hurried, careful = read_both(tmp_path, monkeypatch)
    assert hurried == careful
    assert len(hurried["events"]) == 40


@pytest.mark.parametrize(
    "written",
    [
        'catalogue: {title: "x\nevents:\n- {id: 2009-01-01-x, title: T, start: 2009-01-01}\ny: "}\n',
        "- {id: 2009-01-01-x, title: T, start: 2009-01-01}\nvocabulary:\n  kinds: {talk: Talk}\n",
        "- {id: 2009-01-01-x, title: T, start: 2009-01-01}\nthesaurus:\n  - [a, b]\n",
    ],
)
def test_what_only_looks_like_a_list_of_events_is_left_to_the_parser(written: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(written)
    assert swift.opened(path) is None


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
def test_problems_and_their_places_are_those_of_a_careful_reading(
    what: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swift, "PIECE", 3000)
    path = tmp_path / "big.yaml"
    padding = "".join(f"# {'x' * 90}\n" for _ in range(25_000))  # large enough for the hurried reading
    path.write_text(
        padding + HEADING + "events:\n" + "".join(EVENTS) + WRONG[what] + EVENTS[5].replace("event-6", "event-99")
    )
    hurried, careful = read_both(path, monkeypatch)
    assert hurried is None
    assert careful
    result = run("--catalogue", str(path), "count", ARCHIVE_CACHE=str(tmp_path / "cache"))
    assert result.code == 1
    assert str(careful[0]) in result.err


@tried(40)
@given(seed=st.integers(0, 2**32))
def test_a_spoilt_catalogue_is_never_read_otherwise(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swift, "PIECE", 2000)
    rng = random.Random(seed)
    text = LAYOUTS["events first" if seed % 2 else "events last"]
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice([*TRICKY, *string.ascii_lowercase, ""]) + text[at + rng.randint(0, 3) :]
    path = tmp_path / "big.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    hurried, careful = read_both(path, monkeypatch)
    if hurried is not None:
        assert hurried == careful


def test_words_are_handed_over_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.yaml"
    path.write_text(HEADING + "events:\n" + "".join(EVENTS))
    whole, _ = read_both(path, monkeypatch)
    monkeypatch.setattr(prepare, "MOST_WORDS", 50)
    monkeypatch.setattr(index_build, "MOST_WORDS", 70)
    monkeypatch.setattr(swift, "PIECE", 3000)
    assert read_both(path, monkeypatch) == (whole, whole)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs a list of open files")
def test_no_file_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.yaml"
    before = len(os.listdir("/proc/self/fd"))
    for wrong in ("", WRONG["an id twice"], WRONG["an open quote"]):
        path.write_text(HEADING + "events:\n" + "".join(EVENTS) + wrong)
        read_both(path, monkeypatch)
    assert len(os.listdir("/proc/self/fd")) == before
