"""Any text in a record: never control of a terminal, never a broken table, never a crash; data formats keep it."""

import csv
import io
import json
import re
import unicodedata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from archivecli import display, text
from archivecli.cli import completion
from archivecli.core_schema import CORE
from archivecli.render import FORMATS
from archivecli.schema import Shape
from conftest import Result, Run, tried

HOSTILE = {
    "markup": "[bold red]x[/bold red] [/] [/nothing] [link=file:///etc/passwd]y[/link] [@click=app.bell]z[/]",
    "emoji codes": ":boom: :warning: :[/]:",
    "ANSI": "\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1H",
    "a title": "\x1b]0;owned\x07 and \x1b]2;owned\x1b\\",
    "OSC 8": "\x1b]8;;file:///etc/passwd\x1b\\click\x1b]8;;\x1b\\",
    "OSC 52": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "DCS": '\x1bP$q"p\x1b\\ \x1b_G\x1b\\ \x1b^x\x1b\\',
    "C1": "\x9b31m \x9d0;x\x9c \x90x\x9c \x85 \x8d",
    "bells and backspaces": "a\x07b\x08\x08\x08c\x7fd\re\x0cf\x0bg",
    "NUL": "a\0b",
    "bidi": "a\u202eb\u202dc\u2066d\u2067e\u2068f\u2069g\u200eh\u200fi\u061cj",
    "invisible": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh\U000e0041i\u2063",
    "combining": "e" + "\u0301" * 300 + "x\u0489" * 20,
    "emoji": "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇷🇸 ✈️ 1️⃣ 👍🏿",
    "wide": "漢字かな交じり文" * 20 + "ﷺ" * 10,
    "lines": "one\u2028two\u2029three\x85four\nfive\r\nsix\tseven\x1csix\x1feight",
    "a long word": "x" * 900,
    "many words": "word " * 300,
    "separators": "a,b;c\t\"d\"'e'|f||g\\h`i`",
    "formulas": "=cmd|'/c calc'!A1",
    "more formulas": "@SUM(1+1)*cmd",
    "minus": "-2+3",
    "HTML": "</script><script>alert(1)</script><!-- --><img src=x onerror=alert(1)>&amp;",
    "Markdown": "[x](javascript:alert(1)) ![y](http://z) # h\n---\n<b> | a | *b* _c_ `d`",
    "LaTeX": "\\input{/etc/passwd} } @string{x} % $ # & { ~ ^",
    "RIS": "x\nER  - \nTY  - JOUR",
    "iCalendar": "x\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:AUDIO; a,b\\n",
    "YAML": "a: b\n- c\n# d\n&e *f !g {h} [i] %j @k ---",
    "shell": "$(touch /tmp/owned) `touch /tmp/owned` \\$(touch /tmp/owned) ; touch x & | > y '\"",
    "format": "%s %n {} {0} {0.__class__} ${HOME} %(x)s",
    "numbers": "007 1e5 0x1F NaN null true ~ 12:30 2009-01-02",
    "LIKE": "% _ \\ ' \" ) ( * : ^ NEAR AND OR NOT",
}
HOSTILE["everything"] = " ".join(value[:120] for value in HOSTILE.values())[:1500]

CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
"""What never stands in what a terminal is sent; line feeds are ours."""

STYLE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^;\x1b\x07]*;(?P<url>(?:https?|ftp)://[!-~]*|mailto:[!-~]*|)\x1b\\")
"""What colours and links are made of, with addresses of safe schemes."""


def quoted(value: str) -> str:
    """Return a text as YAML in double quotes, in ASCII."""
    escaped = (f"\\U{ord(c):08x}" if not " " <= c <= "~" or c in '"\\' else c for c in value)
    return '"' + "".join(escaped) + '"'


def filled(shape: Shape, value: str) -> Any:
    """Return a value of a shape, with ``value`` wherever a text can stand."""
    match shape.kind:
        case "list":
            assert shape.item
            return [filled(shape.item, value)]
        case "map":
            return {field.name: filled(field.shape, value) for field in shape.fields}
        case "date":
            return "2009-01-02"
        case "number" | "count":
            return "1234567"
        case "flag":
            return "true"
        case "url":
            return "https://example.org/a?b=c&d=%20"
        case "id":
            return "2009-01-02-x"
        case _:
            return value


def as_yaml(value: Any) -> str:
    """Return a value in YAML's flow style; dates, numbers and flags bare."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_yaml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    return value if value in ("2009-01-02", "1234567", "true", "2009-01-02-x") else quoted(value)


def hostile_catalogue(path: Path, value: str) -> Path:
    """Write a catalogue in which ``value`` stands everywhere: in each field of an event, in the heading, in a term."""
    record = {field.name: filled(field.shape, value) for field in CORE.fields}
    heading = f"catalogue: {{title: {quoted(value)}, about: {quoted(value)}, publisher: {quoted(value)}}}\n"
    term = f"vocabulary: {{pages: {{page: {{name: {quoted(value + '!')}, short: {quoted(value)}, also: [{quoted(value)}]}}}}}}\n"
    path.write_text(f"{heading}{term}events:\n  - {as_yaml(record)}\n", encoding="utf-8")
    return path


def harmless(result: Result, width: int = 0, code: int = 0) -> None:
    """Check that nothing of a run can do more to a terminal than show text, colour it and link to safe addresses."""
    assert result.code == code, result.err
    for stream in (result.out, result.err):
        bare = STYLE.sub("", stream)
        found = CONTROL.search(bare)
        assert not found, (found, bare[max(0, found.start() - 40) : found.end() + 20])
        assert "Traceback" not in stream
    if width:
        widest = max(STYLE.sub("", result.out).split("\n"), key=cell_len)
        assert cell_len(widest) <= width, widest


VIEWS = [
    ["list"],
    ["list", "--format", "table"],
    ["search", "x"],
    ["search", "x", "--format", "table"],
    ["show", "2009"],
    ["show", "2009", "--format", "table"],
    ["count", "--by", "kind"],
    ["count", "--by", "kind", "-f", "tsv"],
    ["count", "--by", "body", "--format", "table"],
    ["related", "2009-01-02-x"],
    ["calendar"],
    ["calendar", "--format", "table"],
    ["on-this-day", "--today", "2010-01-02"],
    ["timeline"],
    ["timeline", "--format", "table"],
    ["facets"],
    ["facets", "-f", "csv"],
    ["facets", "--format", "table"],
    ["info"],
    ["cite", "2009"],
    ["open", "2009", "--print"],
    ["validate"],
    [],
]


@pytest.mark.parametrize("line", VIEWS, ids=lambda line: " ".join(line) or "bare")
def test_no_text_is_control_of_a_terminal(line: list[str], run: Run, tmp_path: Path) -> None:
    path = hostile_catalogue(tmp_path / "hostile.yaml", HOSTILE["everything"])
    environment = {"ARCHIVE_CATALOGUE": str(path), "COLUMNS": "70"}
    width = 70 if "table" in line else 0
    result = run(*line, **environment)
    harmless(result._replace(out=result.out.replace("\t", " ")) if "tsv" in line else result, width)
    if line and "tsv" not in line:
        harmless(run(*line, "--color", "always", **environment), width)


@pytest.mark.parametrize("name", HOSTILE)
def test_each_text_in_lists_and_cards(name: str, run: Run, tmp_path: Path) -> None:
    path = hostile_catalogue(tmp_path / "hostile.yaml", HOSTILE[name])
    for line in (["list"], ["show", "2009"]):
        harmless(run(*line, ARCHIVE_CATALOGUE=str(path)))
        table = [*line, "--format", "table", "--color", "always"]
        harmless(run(*table, ARCHIVE_CATALOGUE=str(path), COLUMNS="70"), 70)


@pytest.mark.parametrize("columns", ["1", "33", "110", "500"])
def test_a_table_stays_whole_at_any_width(columns: str, run: Run, tmp_path: Path) -> None:
    path = hostile_catalogue(tmp_path / "hostile.yaml", HOSTILE["everything"])
    for line in VIEWS:
        if "table" in line:
            result = run(*line, "--color", "always", ARCHIVE_CATALOGUE=str(path), COLUMNS=columns)
            harmless(result, max(int(columns), 20))


@pytest.mark.parametrize("name", HOSTILE)
def test_data_formats_keep_what_was_written(name: str, run: Run, tmp_path: Path) -> None:
    value = HOSTILE[name]
    path = hostile_catalogue(tmp_path / "hostile.yaml", value)
    kept = display.collapse_whitespace(value)
    answers = {
        format_: run("list", "--format", format_, "--catalogue", str(path)).out
        for format_ in ("json", "jsonl", "yaml", "csv")
    }
    assert json.loads(answers["json"])[0]["title"] == kept
    assert json.loads(answers["jsonl"])["statements"][0]["says"] == kept
    assert answers["jsonl"].count("\n") == 1
    assert yaml.safe_load(answers["yaml"])["events"][0]["aims"] == [kept]
    rows = list(csv.reader(io.StringIO(answers["csv"], newline="")))
    assert len(rows) == 2
    assert len(rows[1]) == len(rows[0])
    title = rows[1][rows[0].index("title")]
    assert title.removeprefix("'") == display.escape_controls(kept)  # there are no escapes in CSV
    assert title[:1] not in ("=", "+", "-", "@")


@pytest.mark.parametrize("name", HOSTILE)
def test_views_write_sheets_that_keep_each_text(name: str, run: Run, tmp_path: Path) -> None:
    path = hostile_catalogue(tmp_path / "hostile.yaml", HOSTILE[name])
    kept = display.escape_controls(unicodedata.normalize("NFC", display.collapse_whitespace(HOSTILE[name])))
    for format_, delimiter in (("csv", ","), ("tsv", "\t")):
        written = run("count", "--by", "topic", "-f", format_, "--catalogue", str(path)).out
        _, (number, topic) = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
        assert (topic.removeprefix("'"), number) == (kept, "1")
        assert topic[:1] not in ("=", "+", "-", "@")


NEEDED = "\u061c\u200c\u200d\u200e\u200f\ufe0f\U000e0100"
"""Marks that cannot be seen and that a text needs: for direction, for joining, for the choice of a glyph."""

controlled = st.text(
    st.sampled_from("a\u05d0\u06cc\u2067\u202e\u2028\u2029\u2066\u2069\ufeff\x1b\x7f\x85\x9b\x01\U000e0041" + NEEDED),
    max_size=12,
)


@tried(20)
@given(controlled)
@example("\u202e" + NEEDED)
def test_controls_are_visible_in_every_format_and_needed_marks_stay(run: Run, tmp_path: Path, value: str) -> None:
    title = f"x{value}x"
    path = tmp_path / "any.yaml"
    heading = f"catalogue: {{title: {quoted(title)}, publisher: {quoted('p' + title)}}}\n"
    path.write_text(
        f"{heading}events: [{{id: 2009-x, title: {quoted(title)}, start: 2009, summary: {quoted(title)}}}]\n"
    )
    for format_ in FORMATS:
        written = run("list", "--format", format_, "--catalogue", str(path)).out
        assert not CONTROL.search(written.replace("\r\n", "\n").replace("\t", " ")), format_
        if "json" in format_ or format_ == "yaml":
            continue  # these have escapes: what comes back is tested elsewhere
        unfolded = re.sub("\r?\n ", "", written)
        shown = display.escape_controls(display.collapse_whitespace(title))
        assert format_ == "ids" or re.search(re.escape(shown), unescaped(unfolded)), format_


def unescaped(written: str) -> str:
    """Return a text of any format with its backslashes as they are meant."""
    return written.replace("\\textbackslash{}", "\\").replace("\\\\", "\\")


@pytest.mark.parametrize("name", HOSTILE)
def test_every_format_is_one_record_that_a_reader_takes(name: str, run: Run, tmp_path: Path) -> None:
    """Nothing in a text opens a field, a record or a property of its own."""
    path = hostile_catalogue(tmp_path / "hostile.yaml", HOSTILE[name])

    def written(format_: str) -> str:
        result = run("list", "--format", format_, "--catalogue", str(path))
        assert result.code == 0
        return result.out

    ris = written("ris")
    assert len(re.findall(r"^TY  - ", ris, re.MULTILINE)) == len(re.findall(r"^ER  - ", ris, re.MULTILINE)) == 1
    calendar = written("ics")
    lines = re.split("\r?\n", calendar.replace("\r\n ", ""))
    assert [line for line in lines if line.startswith(("BEGIN:", "END:"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    bibtex = written("bibtex")
    assert len(re.findall(r"^@\w+\{", bibtex, re.MULTILINE)) == 1
    assert balanced(bibtex)
    assert json.loads(written("csl-json"))
    assert json.loads(written("jsonld"))
    assert "<script" not in written("jsonld")
    markdown = written("markdown")
    assert not re.search(r"(?<!\\)<(script|img|/)", markdown)
    assert not re.search(r"(?<!\\)\]\(javascript:", markdown)
    tsv = written("tsv")
    assert {line.count("\t") for line in tsv.rstrip("\n").split("\n")} == {tsv.split("\n")[0].count("\t")}
    assert written("ids") == "2009-01-02-x\n"


def balanced(bibtex: str) -> bool:
    depth = 0
    for brace in re.sub(r"\\.", "", bibtex):
        depth += (brace == "{") - (brace == "}")
        if depth < 0:
            return False
    return depth == 0


SCHEMES = "javascript:alert(1) file:///etc/passwd data:text/html,x vbscript:x JaVaScRiPt:x //x x".split()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_link_of_another_scheme_is_refused(scheme: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "link.yaml"
    path.write_text(f"- {{id: 2009-x, title: t, start: 2009, links: [{{url: {quoted(scheme)}}}]}}\n")
    result = run("show", "2009-x", "--catalogue", str(path))
    assert (result.code, result.out) == (1, "")
    assert f"{path}:1:53: 'url'" in result.err


@pytest.mark.parametrize("name", HOSTILE)
def test_errors_show_text_as_text(name: str, run: Run, tmp_path: Path) -> None:
    value = HOSTILE[name]
    path = tmp_path / "wrong.yaml"
    wrong = quoted(value)
    path.write_text(
        f"events:\n  - {{id: {wrong}, title: t, start: {wrong}, {wrong}: x, links: [{{url: {wrong}}}]}}\n"
        f"{wrong}: x\nvocabulary: {{{wrong}: x}}\n"
    )
    result = run("list", "--catalogue", str(path))
    harmless(result, code=1)
    assert result.out == ""
    harmless(run("validate", str(path)), code=1)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_typed_is_echoed_as_text(name: str, run: Run) -> None:
    value = HOSTILE[name].replace("\0", "")
    lines = (
        ["show", "--", value],
        ["search", "--exact", "--", value],
        ["list", "--year", value],
        ["list", "--month", value],
        ["list", "--country", value],
        ["list", "--format", value],
        ["list", "--sort", value],
        ["list", "--limit", value],
        ["list", "--color", value],
        ["count", "--by", value],
        ["list", "--catalogue", value],
        ["list", f"--{value}"],
        [value],
        ["cite", "2009-12-09", "--style", value],
    )
    for line in lines[list(HOSTILE).index(name) % 3 :: 3]:  # each text in a third of the places, for the sake of time
        result = run(*line)
        harmless(result, code=result.code)
        assert result.code in (0, 1, 2)
        assert not result.code or not result.out


@pytest.mark.parametrize("name", HOSTILE)
def test_no_offer_to_a_completing_shell_is_control(name: str, tmp_path: Path) -> None:
    path = hostile_catalogue(tmp_path / "hostile.yaml", HOSTILE[name])
    context: Any = SimpleNamespace(params={"catalogue": str(path)})
    offers = [
        *completion.ids(context, "2009"),
        *completion.values("kind", context, ""),
        *completion.values("city", context, ""),
    ]
    assert offers[0][0] == "2009-01-02-x"
    for offer in offers:
        for offered in offer:
            assert not CONTROL.search(offered)
            assert "\n" not in offered


# What is fit for one line

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=200) | st.sampled_from(
    list(HOSTILE.values())
)


@tried(50)
@given(any_text)
def test_one_line_is_fit_for_a_terminal(value: str) -> None:
    shown = display.terminal_safe(value)
    assert not CONTROL.search(shown)
    assert "\n" not in shown
    assert "  " not in shown
    assert display.terminal_safe(shown) == shown
    if value.isprintable() and "  " not in value and not any(unicodedata.combining(c) for c in value):
        assert shown.strip(" ") == value.strip(" ")


@tried(50)
@given(any_text)
def test_text_functions_take_any_text(value: str) -> None:
    for function in (
        text.fold,
        text.words,
        text.key,
        text.searchable,
        display.collapse_whitespace,
        display.paragraphs,
        display.width,
    ):
        function(value)
    assert text.key(value).isascii()


@tried(50)
@given(any_text, st.integers(0, 40))
def test_padding_and_cutting_give_the_width_that_is_asked_for(value: str, cells: int) -> None:
    shown = display.truncate(display.terminal_safe(value), cells)
    assert display.width(shown) <= cells
    assert display.width(display.pad(shown, cells)) == cells


@tried(25)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip))
def test_any_title_comes_back_from_json(run: Run, tmp_path: Path, value: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(f"- {{id: 2009-x, title: {quoted(value)}, start: 2009}}\n")
    result = run("list", "--format", "json", "--catalogue", str(path))
    if result.code:
        assert "'title' is empty" in result.err
    else:
        assert result.json[0]["title"] == display.collapse_whitespace(value)
        harmless(run("list", "--format", "table", "--catalogue", str(path), COLUMNS="60"), 60)
