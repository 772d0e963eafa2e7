"""One's own catalogue: ``archive init``, ``validate`` and ``schema``."""

import ast
import json
import os
import re
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import document_tables
from archivecli import display
from archivecli.catalogue.json_schema import catalogue_schema
from archivecli.catalogue.report import CODES, validate
from archivecli.core_schema import CATALOGUE as ABOUT
from archivecli.core_schema import CORE, SECTIONS, TERM
from archivecli.errors import Problem
from archivecli.render.problems import excerpt, report
from archivecli.schema import Shape
from conftest import CATALOGUE, ROOT, Run

EVENT = "- id: 2009-01-02-one\n  title: One thing\n  start: 2009-01-02\n"


def written(folder: Path, content: str, name: str = "my.yaml") -> str:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def codes_of(run: Run, *args: str) -> list[tuple[str, int, int]]:
    return [(f["code"], f["line"], f["column"]) for f in run("validate", *args, "--format", "json").json]


# What is found, and where

FINDINGS = {
    "unknown-field": ("events:\n- id: 2009-a\n  title: A\n  start: 2009\n  colour: red\n", 5, 3),
    "missing": ("- id: 2009-a\n  start: 2009\n", 1, 3),
    "empty": ("- id: 2009-a\n  title:\n  start: 2009\n", 2, 9),
    "implicit-type": ("- id: 2009-a\n  title: 2009\n  start: 2009\n", 2, 10),
    "date": ("- id: 2009-a\n  title: A\n  start: 2009-13\n", 3, 10),
    "order": ("- id: 2009-a\n  title: A\n  start: 2009\n  end: 2008\n", 4, 8),
    "id": ("- id: a b\n  title: A\n  start: 2009\n", 1, 7),
    "undated-id": ("- id: 2008-a\n  title: A\n  start: 2009\n", 1, 7),
    "ambiguous-name": (
        "vocabulary:\n  topics:\n    a: {name: Abc, also: [X]}\n    b: {name: Bcd, also: [X]}\nevents:\n"
        + EVENT
        + "  topics: [X]\n",
        9,
        12,
    ),
    "duplicate-id": (EVENT + EVENT.replace("One thing", "Other"), 4, 7),
    "duplicate-key": ("- id: 2009-a\n  title: A\n  title: B\n  start: 2009\n", 3, 3),
    "duplicate-name": ("vocabulary:\n  topics:\n    a: X\n    b: X\nevents:\n", 4, 5),
    "unknown-event": (EVENT + "  related: [2009-x, {event: [x]}]\n- id: [x]\n", 4, 13),
    "unknown-name": ("vocabulary:\n  topics:\n    a: Abc\nevents:\n" + EVENT + "  topics: [Abd]\n", 8, 12),
    "number": (EVENT + "  participants: {count: 1.5}\n", 4, 25),
    "flag": (EVENT + "  source: {page: P, more: maybe}\n", 4, 27),
    "url": (EVENT + "  links: [{url: 'javascript:x'}]\n", 4, 17),
    "type": (EVENT + "  topics: one\n", 4, 11),
    "syntax": (EVENT + "  topics: [a, b\n", 4, 11),
    "plain-data": (EVENT + "  kind: !!str x\n", 4, 9),
    "documents": (EVENT + "---\n- a\n", 4, 1),
    "key": ("? [a]\n: b\n", 1, 3),
    "depth": ("[" * 30 + "]" * 30, 1, 25),
    "character": (EVENT + "  kind: a\x07b\n", 4, 10),
    "size": (EVENT + "  summary: " + "x" * 1_000_001 + "\n", 4, 12),
    "no-events": ("catalogue:\n  title: A\n", 1, 1),
    "near-duplicate": (EVENT + EVENT.replace("02-one", "02-two").replace("One thing", "One  Thing!"), 5, 10),
    "similar-name": (EVENT + "  people: [{name: Zoë Ek}, {name: ZOE EK}]\n", 4, 35),
    "unused-term": ("vocabulary:\n  topics:\n    a: Abc\nevents:\n" + EVENT, 3, 5),
    "empty-text": (EVENT + "  summary: tbd.\n", 4, 12),
    "repeated-value": (EVENT + "  topics: [a, b, a]\n", 4, 18),
    "mixed-script": (EVENT + "  summary: the сat\n", 4, 16),
    "invisible-character": (EVENT + "  summary: zero\u200bwidth\n", 4, 16),
    "white-space": (EVENT + '  kind: "C:\\temp"\n', 4, 12),
    "dropped-text": (EVENT + "  kind: Song in C # minor\n", 4, 19),
    "far-future": ("- id: 9009-a\n  title: A\n  start: 9009\n", 3, 10),
    "long-event": (EVENT + "  end: 2011-02-03\n", 3, 10),
    "lone-year": (
        "".join(f"- id: 2009-{c}\n  title: {c * 9}\n  start: 2009\n" for c in "abcdefg")
        + "- id: 1909-z\n  title: Z\n  start: 1909\n",
        24,
        10,
    ),
}


@pytest.mark.parametrize("code", FINDINGS)
def test_a_finding_has_its_code_and_its_place(run: Run, tmp_path: Path, code: str) -> None:
    content, line, column = FINDINGS[code]
    assert (code, line, column) in codes_of(run, written(tmp_path, content))


def test_a_finding_of_bytes_counts_characters(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_bytes("- id: ä".encode() + b"\xff\n")
    assert codes_of(run, str(tmp_path / "my.yaml")) == [("encoding", 1, 8)]


def test_every_code_is_tried_here() -> None:
    elsewhere = {"encoding", "unreadable", "not-a-file", "no-files", "changing", "memory"}
    assert FINDINGS.keys() | elsewhere == CODES.keys()


def test_every_code_in_the_source_is_in_the_table() -> None:
    used: set[str] = set()
    sources = ROOT / "src" / "archivecli"
    for path in [*sources.glob("catalogue/*.py"), *sources.glob("readers/*.py"), sources / "files.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                place = {"Problem": 3, "report": 1, "_error": 1, "Invalid": 0, "_warn": 1, "_warn_within": 1}.get(name)
                if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                    used.add(node.args[place].value)  # type: ignore[attr-defined]
    assert used == CODES.keys()


def test_a_clean_catalogue_is_status_0(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, EVENT)
    found = run("validate", path, path)  # one catalogue, checked once
    assert (found.code, found.out, found.err) == (0, "", "1 valid event, no findings\n")
    assert run("validate", written(tmp_path, EVENT), "-q").err == ""


def test_warnings_are_status_0_unless_strict(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, FINDINGS["empty-text"][0])
    assert run("validate", path).code == 0
    assert run("validate", path, "--strict").code == 1
    assert run("--catalogue", path, "count").out == "1\n"


def test_errors_are_status_1(run: Run, tmp_path: Path) -> None:
    assert run("validate", written(tmp_path, FINDINGS["date"][0])).code == 1


def test_what_cannot_be_read_is_status_2(run: Run, tmp_path: Path) -> None:
    found = run("validate", str(tmp_path / "none.yaml"))
    assert (found.code, found.out) == (2, "")
    assert "none.yaml: cannot be read: No such file" in found.err
    (tmp_path / "empty").mkdir()
    assert run("validate", str(tmp_path / "empty")).code == 2


def test_one_unreadable_path_hides_no_other(run: Run, tmp_path: Path) -> None:
    found = run("validate", str(tmp_path / "none.yaml"), written(tmp_path, FINDINGS["date"][0]))
    assert found.code == 2
    assert ": date: " in found.out


def test_a_broken_event_hides_no_other(run: Run, tmp_path: Path) -> None:
    broken = """\
events:
  - id: 2009-01-02-a
    title: A
    start: 2009-01-02
    topics: [a, b
  - id: 2009-01-03-b
    title: B
    title: C
    start: 2009-01-03
  - id: 2009-01-04-c
    title: "never closed
    start: 2009-01-04
  - id: 2009-01-05-d
    title: D
    start: 2009-13-05
  - id: 2009-01-06-e
    title: E
    start: 2009-01-06
    related: [2009-01-04-c]
"""
    found = codes_of(run, written(tmp_path, broken))
    assert found == [("syntax", 5, 13), ("duplicate-key", 8, 5), ("syntax", 11, 12), ("date", 15, 12)]


def test_a_broken_file_of_a_folder_hides_no_other(run: Run, tmp_path: Path) -> None:
    written(tmp_path, "vocabulary:\n  topics: {a: Abc\n", "a.yaml")
    written(tmp_path, EVENT + "  topics: [Abc]\n  colour: red\n", "b.yaml")
    written(tmp_path, EVENT.replace("01-02", "01-03") + "  kind: \n", "c.yaml")
    assert [code for code, _, _ in codes_of(run, str(tmp_path))] == ["syntax", "unknown-field", "empty"]


def test_places_that_differ_are_no_doubles(run: Run, tmp_path: Path) -> None:
    two = EVENT + "  places: [{city: Sofia}]\n" + EVENT.replace("02-one", "02-two") + "  places: [{city: Belgrade}]\n"
    assert codes_of(run, written(tmp_path, two)) == []


def test_the_future_begins_two_years_from_now(tmp_path: Path) -> None:
    path = Path(written(tmp_path, EVENT))
    assert not validate(path, date(2007, 6, 1)).findings
    assert [problem.code for problem in validate(path, date(2006, 6, 1)).findings] == ["far-future"]


def test_the_shipped_archive_has_no_errors(run: Run) -> None:
    found = run("validate", "--format", "json")
    assert found.code == 0
    assert {problem["code"] for problem in found.json} <= {"unused-term"}


# What YAML drops or changes

HEAD = "- id: 2009-a\n  start: 2009\n"


def found(run: Run, folder: Path, value: str, code: str, field: str = "title") -> list[tuple[int, int]]:
    """Return where ``code`` is found in an event with a value as it is written; the value begins at line 3, column 3."""
    (folder / "my.yaml").write_text(f"{HEAD}  {field}: {value}\n", encoding="utf-8", newline="")
    said = run("validate", str(folder / "my.yaml"), "--format", "json").json
    return [(f["line"], f["column"] - (len(field) + 4 if f["line"] == 3 else 0)) for f in said if f["code"] == code]


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("Fair #2", (3, 6)),
        ("Song in C # minor # or major", (3, 11)),
        ("Fair\t#2", (3, 6)),
        ("Fair  #2", (3, 7)),
        ("Fair # check this", (3, 6)),
        ("A title\n    of two lines #2", (4, 18)),
        ("#2", (3, 1)),
        ("! Fair", (3, 1)),
        ('! "Fair"', (3, 1)),
    ],
)
def test_text_that_yaml_drops_is_found(run: Run, tmp_path: Path, value: str, at: tuple[int, int]) -> None:
    assert found(run, tmp_path, value, "dropped-text") == [at]


@pytest.mark.parametrize(
    "value",
    [
        "Fair  # check this",
        "Fair\t# check this",
        '"Fair #2" #3',
        "'Fair #2' # 3",
        "Fair#2 C# #".replace(" #", ""),
        "|-\n    Fair #2",
        "\n    Fair\n    # a comment",
        "# the title is below\n    Fair",
    ],
)
def test_comments_and_quoted_text_are_not_dropped_text(run: Run, tmp_path: Path, value: str) -> None:
    assert found(run, tmp_path, value, "dropped-text") == []


def test_a_comment_after_a_date_is_no_dropped_text(run: Run, tmp_path: Path) -> None:
    comments = EVENT.replace("2009-01-02\n", "2009-01-02 #sure\n") + "  places: [{venue: Hall}] #5\n"
    assert codes_of(run, written(tmp_path, comments)) == []


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ('"Two\\twords"', [(3, 5)]),
        ("Two\twords", [(3, 4)]),
        ("Two \t words", [(3, 4)]),
        ('"Two\\nwords, \\x41\\nline"', [(3, 5), (3, 18)]),
        ("|-\n    Two\n    words", [(4, 8)]),
        ("Two\n\n    words", [(3, 4)]),
        ('"Fair\u00a0"', [(3, 6)]),
        ("Fair\u00a0", [(3, 5)]),
        ('"Two\u2028words"', [(3, 5)]),
        ('"Two\\Lwords"', [(3, 5)]),
        ("Two\x85    words", [(3, 4)]),
    ],
)
def test_white_space_that_is_lost_is_found_at_its_place(
    run: Run, tmp_path: Path, value: str, at: list[tuple[int, int]]
) -> None:
    assert found(run, tmp_path, value, "white-space") == at


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("Two\n    words", "title"),
        (">\n    Two\n    words\n", "title"),
        ('"Two  words "', "title"),
        ("Quoi\u00a0?", "title"),
        ("|\n    One\ttab.\n\n    Two.\n", "summary"),
        ('"One.\\nTwo."', "summary"),
    ],
)
def test_white_space_that_is_kept_or_means_nothing_is_not_found(
    run: Run, tmp_path: Path, value: str, field: str
) -> None:
    assert found(run, tmp_path, value, "white-space", field) == []


@pytest.mark.parametrize(
    "value",
    [
        "می\u200cروم کتاب\u200cها",
        "PDF\u200cها",
        "Family 👨\u200d👩\u200d👧 day",
        "❤️\u200d🔥 👩🏽\u200d⚕️ 🙂\u200d↔️",
        "ශ්\u200dරී ලංකා",
        "क्\u200dष क्\u200cष র\u200d্য",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "שפת C++\u200e היא",
        "ه\u200d",
        "ភាសា\u200bខ្មែរ",
    ],
)
def test_invisible_characters_that_a_script_needs_are_not_found(run: Run, tmp_path: Path, value: str) -> None:
    assert found(run, tmp_path, value, "invisible-character") == []


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        ("soft\u00adhy\u00adphen", [5, 8]),
        ('"soft\\u00adhy\\xadphen"', [6, 14]),
        ("zero\u200bwidth", [5]),
        ("a\u200cb c\u200d", [2, 6]),
        ("می\u200c\u200cروم \u200c", [4, 9]),
        ("👨\u200d x", [2]),
        ("left\u200e right\u200f", [5, 12]),
        ("אב\u202e", [3]),
        ('"C:\\bin \\\\ x\\e"', [4, 13]),
        ("'it''s\u00ad'", [7]),
        ("|-\n    soft\u00adly", [9]),
    ],
)
def test_other_invisible_characters_are_found_once_each(
    run: Run, tmp_path: Path, value: str, columns: list[int]
) -> None:
    assert [column for _, column in found(run, tmp_path, value, "invisible-character")] == columns


def test_a_mixed_word_is_found_at_each_place(run: Run, tmp_path: Path) -> None:
    assert [column for _, column in found(run, tmp_path, "a сat, a сat", "mixed-script")] == [3, 10]


def test_accents_that_are_stored_in_two_ways_are_said_to_be(run: Run, tmp_path: Path) -> None:
    places = "  places: [{city: Z\u00fcrich}, {city: Zu\u0308rich}]\n  aims: [Caf\u00e9, Cafe\u0301]\n"
    said = run("validate", written(tmp_path, EVENT + places), "--format", "json").json
    assert [problem["code"] for problem in said] == ["similar-name", "repeated-value"]
    assert "stores an accent in another way" in said[0]["message"]


# How it is told


def test_text_shows_the_line_with_a_caret(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, FINDINGS["date"][0])
    assert run("validate", path).lines == [
        f"{path}:3:10: date: 'start': there is no month 13",
        "    3 |   start: 2009-13",
        "      |          ^",
        "      = write a day that exists, a month or a year",
    ]


def test_json_has_all_parts(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, FINDINGS["empty-text"][0])
    [found] = run("validate", path, "--format", "json").json
    assert found == {
        "path": path,
        "line": 4,
        "column": 12,
        "code": "empty-text",
        "severity": "warning",
        "message": "the text 'tbd.' says nothing",
        "hint": "write what is known, or leave the field out",
    }
    assert run("validate", written(tmp_path, EVENT), "--format", "json").json == []


def test_a_report_is_bounded(run: Run, tmp_path: Path) -> None:
    """One line with thousands of findings, a tag of a million letters: errors come first, and excerpts are cut."""
    many = EVENT + f"  topics: [{', '.join(['same'] * 3000)}]\n  kind: !{'x' * 100_000} a\n"
    path = written(tmp_path, many)
    told = run("validate", path)
    assert told.code == 1
    assert len([line for line in told.lines if line.startswith(path)]) == 1000
    assert any(": plain-data: " in line for line in told.lines)
    assert max(len(line) for line in told.lines) < len(path) + 400
    assert max(len(line) for line in told.lines if re.match(" +[0-9]* [|]", line)) <= 120
    assert "1,000 findings are shown, errors first; 2,000 more are not" in told.err
    in_json = run("validate", path, "--format", "json")
    assert len(in_json.json) == 1000
    assert max(len(found["message"]) for found in in_json.json) <= 300
    path = written(tmp_path, EVENT.replace("2009-01-02-one", "\U000e0001" * 99))  # each is shown as ten characters
    lines = [*run("validate", path).lines, *run("list", "--catalogue", path).err.splitlines()]
    assert 300 < max(len(line) for line in lines) < len(path) + 400


def test_a_caret_stands_below_wide_characters_and_tabs() -> None:
    assert excerpt("日本\tx: ?", 7, 80) == ("日本  x: ?", 9)


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(1, 301), st.integers(20, 120))
def test_an_excerpt_fits_and_holds_the_caret(line: str, column: int, width: int) -> None:
    column = min(column, len(line) + 1)
    shown, caret = excerpt(line, column, width)
    assert display.escape_controls(shown) == shown
    assert display.width(shown) <= width
    assert caret <= width
    after = display.escape_controls(line[column - 1 :]).rstrip()
    if after:
        cells = [prefix for prefix in range(len(shown) + 1) if display.width(shown[:prefix]) == caret]
        assert any(shown[prefix:].startswith((after[0], "...")) for prefix in cells)


def test_nothing_of_a_file_reaches_the_terminal_raw() -> None:
    problem = Problem("a\x1b[31m.yaml", 1, 3, "date", "bad \x1b", "good \x1b")
    told = "".join(piece.text for line in report(problem, {(problem.path, 1): "x\x1b[2Jy"}, 80) for piece in line)
    assert "\x1b" not in told


# The schema


def records_in_json(run: Run) -> Any:
    return run("list", "--format", "json").json


class CoreLoader(yaml.SafeLoader):
    """Reads bare dates as text, as YAML 1.2 and thus editors do."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith("timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def faults(document: Any, definition: str = "") -> list[str]:
    schema = catalogue_schema()
    if definition:
        schema = {"$ref": f"#/definitions/{definition}", "definitions": schema["definitions"]}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft7Validator(schema).iter_errors(document)]


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(catalogue_schema())


def test_the_schema_accepts_the_shipped_archive() -> None:
    assert faults(yaml.load(CATALOGUE.read_text(encoding="utf-8"), CoreLoader)) == []


def test_the_schema_accepts_the_output_in_json(run: Run) -> None:
    assert faults(run("list", "--format", "json").json, "answer") == []
    hits = run("search", "corruption", "--format", "json").json
    assert "hit" in hits[0]
    assert faults(hits, "answer") == []


@pytest.mark.parametrize(
    "code", ["unknown-field", "missing", "empty", "implicit-type", "url", "type", "flag", "number"]
)
def test_the_schema_refuses_what_the_check_refuses(code: str) -> None:
    assert faults(yaml.load(FINDINGS[code][0], CoreLoader))


def test_every_field_has_a_description() -> None:
    schema = catalogue_schema()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            for name, inner in node.get("properties", {}).items():
                assert inner.get("description") or "$ref" in inner, name
            for inner in node.values():
                look(inner)
        elif isinstance(node, list):
            for inner in node:
                look(inner)

    look(schema)
    assert list(schema["definitions"]["event"]["properties"]) == [field.name for field in CORE.fields]
    assert list(schema["properties"]["vocabulary"]["properties"]) == list(SECTIONS)
    assert list(schema["properties"]["catalogue"]["properties"]) == [field.name for field in ABOUT]


def test_the_schema_in_the_documents_is_the_one_printed(run: Run) -> None:
    assert run("schema").out == (ROOT / "docs" / "catalogue.schema.json").read_text(encoding="utf-8")


def test_the_first_line_of_the_shipped_archive_names_the_schema() -> None:
    first = CATALOGUE.read_text(encoding="utf-8").splitlines()[0]
    target = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert target is not None
    assert (CATALOGUE.parent / target[1]).resolve() == ROOT / "docs" / "catalogue.schema.json"


@pytest.mark.parametrize("name", document_tables.TABLES)
def test_the_tables_in_the_documents_are_those_of_the_code(name: str) -> None:
    document = (document_tables.DOCS / document_tables.TABLES[name][0]).read_text(encoding="utf-8")
    assert document_tables.renewed(name, document) == document, "run tests/document_tables.py"


# A new one


def test_init_starts_a_catalogue_that_validates(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    made = run("init", str(path), "--title", 'Café: "x" # y')
    assert (made.code, made.out) == (0, "")
    checked = run("validate", "--strict", str(path))
    assert (checked.code, checked.out) == (0, "")
    assert run("--catalogue", str(path), "count").out == "1\n"
    document = yaml.load(path.read_text(encoding="utf-8"), CoreLoader)
    assert document["catalogue"]["title"] == 'Café: "x" # y'
    assert faults(document) == []


def test_init_puts_the_schema_beside(run: Run, tmp_path: Path) -> None:
    run("init", str(tmp_path / "my.yaml"))
    first = (tmp_path / "my.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=catalogue.schema.json"
    assert json.loads((tmp_path / "catalogue.schema.json").read_text(encoding="utf-8")) == catalogue_schema()
    run("init", str(tmp_path / "other.yaml"), "--no-schema")
    assert "$schema" not in (tmp_path / "other.yaml").read_text(encoding="utf-8")
    assert sorted(os.listdir(tmp_path)) == ["catalogue.schema.json", "my.yaml", "other.yaml"]


def test_init_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    path = Path(written(tmp_path, "mine"))
    found = run("init", str(path))
    assert (found.code, found.out, path.read_text()) == (1, "", "mine")
    assert "exists; nothing is overwritten" in found.err
    (tmp_path / "link.yaml").symlink_to(tmp_path / "nowhere.yaml")
    assert run("init", str(tmp_path / "link.yaml")).code == 1
    assert sorted(os.listdir(tmp_path)) == ["link.yaml", "my.yaml"]


def test_init_leaves_nothing_behind_where_it_fails(run: Run, tmp_path: Path) -> None:
    found = run("init", str(tmp_path / "none" / "my.yaml"))
    assert (found.code, found.out) == (1, "")
    assert os.listdir(tmp_path) == []


def test_init_wants_a_yaml_file(run: Run, tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "my.txt")).code == 2
    assert run("init", str(tmp_path / "my.yaml"), "--title", " ").code == 2
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_init_follows_the_umask(run: Run, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        run("init", str(tmp_path / "my.yaml"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "my.yaml").stat().st_mode) == 0o640


def test_the_schema_of_a_term_takes_a_bare_name() -> None:
    assert TERM.shorthand == "name"
    assert isinstance(TERM, Shape)
    assert faults({"vocabulary": {"topics": {"a": "Abc", "b": {"name": "Bcd", "also": ["B"]}}}}) == []
