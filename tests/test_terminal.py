"""Manners at a terminal: colour, width, pager, links, encodings; and one clear line for each wrong value."""

import itertools
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from archivecli.cli import pager
from archivecli.cli.app import COMMANDS, app
from archivecli.cli.output import wants_colour
from archivecli.display import width
from archivecli.render import theme
from conftest import ROOT, Run

if sys.platform == "win32":
    pytest.skip("terminals are those of Unix", allow_module_level=True)

from terminal import LINKS, STYLES, at_a_terminal

SAYS_PAGER = "sh -c 'echo PAGER LESS=$LESS; cat'"
LONG = ("list", "--format", "ids")  # 38 lines on a screen of 24
SHORT = ("list", "--year", "2008")


@pytest.fixture(autouse=True)
def xterm(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LESS", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("PAGER", "cat")


# Colour: the first that says anything counts

SAID = (
    ("--color", "always", True),
    ("--color", "never", False),
    ("ARCHIVE_COLOR", "always", True),
    ("ARCHIVE_COLOR", "never", False),
    ("NO_COLOR", "1", False),
    ("FORCE_COLOR", "1", True),
    ("CLICOLOR_FORCE", "1", True),
    ("CLICOLOR", "0", False),
    ("TERM", "dumb", False),
)


@pytest.mark.parametrize("pair", list(itertools.combinations(SAID, 2)), ids=lambda pair: f"{pair[0][:2]}-{pair[1][:2]}")
def test_what_stands_first_decides_on_colour(pair: Any) -> None:
    (first, value, wanted), (second, other, _) = pair
    if first == second:
        return
    environ = {"TERM": "xterm", **{name: said for name, said in ((first, value), (second, other)) if name != "--color"}}
    for terminal in (True, False):
        assert wants_colour(value if first == "--color" else "auto", environ, terminal) is wanted


@pytest.mark.parametrize("name", ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "ARCHIVE_COLOR"])
def test_a_variable_that_is_empty_says_nothing(name: str) -> None:
    assert wants_colour("auto", {"TERM": "xterm", name: ""}, True)
    assert not wants_colour("auto", {"TERM": "xterm", name: ""}, False)


def test_colour_is_for_terminals_that_can(shell: Run) -> None:
    assert "\x1b[" in at_a_terminal(*SHORT).raw
    assert "\x1b" not in at_a_terminal(*SHORT, NO_COLOR="1").raw
    assert "\x1b" not in at_a_terminal(*SHORT, "--color", "never").raw
    assert "\x1b" not in at_a_terminal(*SHORT, TERM="dumb").raw
    assert "\x1b[" in at_a_terminal(*SHORT, "--color", "always", NO_COLOR="1").raw
    assert "\x1b" not in shell(*SHORT).out
    assert "\x1b[" in shell(*SHORT, "--format", "table", "--color", "always").out


@pytest.mark.parametrize("format_", ["plain", "json", "csv", "ids", "markdown"])
def test_data_never_has_colour(shell: Run, format_: str) -> None:
    assert "\x1b" not in shell(*SHORT, "--format", format_, "--color", "always").out
    assert "\x1b" not in at_a_terminal(*SHORT, "--format", format_, "--color", "always").raw


def test_colour_says_nothing_that_words_do_not() -> None:
    assert at_a_terminal(*SHORT).plain == at_a_terminal(*SHORT, NO_COLOR="1").raw


def test_no_colour_takes_a_background_for_granted() -> None:
    """Black, white, their bright kin and any background are readable on a light or on a dark screen only."""
    allowed = {*"red green yellow blue magenta cyan".split(), *"bold dim italic underline".split()}
    styles = [value for name, value in vars(theme).items() if name.isupper() and isinstance(value, str)]
    assert {word for style in [*styles, *theme.HUES, *theme.HEAT] for word in style.split()} <= allowed
    for line in ("list", "show 2010-06-26", "search corruption", "count --by topic", "calendar", "timeline", "facets"):
        codes = set(re.findall(r"\x1b\[([0-9;]*)m", at_a_terminal(*line.split(), rows=4000).raw))
        numbers = {int(code or 0) for found in codes for code in found.split(";")}
        assert numbers <= {0, 1, 2, 3, 4, *range(31, 37)}, line


# Links


def links(*args: str, **environment: Any) -> int:
    return len(LINKS.findall(at_a_terminal(*args, rows=400, **environment).raw))


def test_addresses_can_be_clicked_at_a_terminal(shell: Run, tmp_path: Path) -> None:
    show = ("show", "2010-06-26")
    assert links(*show) > 0
    assert links(*show, TERM="dumb") == links(*show, TERM="dumb", FORCE_COLOR="1") == 0
    assert links(*show, TERM="linux") == links(*show, NO_COLOR="1") == 0
    assert not LINKS.search(shell(*show, "--format", "table", "--color", "always").out)


# Width


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
@pytest.mark.parametrize("line", ["list", "show 2010-06-26", "search corruption", "count --by topic", "calendar"])
def test_what_is_for_people_fits_the_width(line: str, columns: int) -> None:
    seen = at_a_terminal(*line.split(), columns=columns, rows=4000)
    assert seen.code == 0
    assert max(width(line) for line in seen.lines) <= columns


# Pager


def test_a_long_answer_goes_to_the_pager() -> None:
    seen = at_a_terminal(*LONG, PAGER=SAYS_PAGER)
    assert seen.lines[0] == "PAGER LESS=FRX"
    assert len(seen.lines) == 39


def test_a_short_answer_needs_no_pager() -> None:
    assert "PAGER" not in at_a_terminal(*SHORT, PAGER=SAYS_PAGER).raw
    assert "PAGER" not in at_a_terminal(*LONG, PAGER=SAYS_PAGER, rows=40).raw
    assert "PAGER" in at_a_terminal(*LONG, PAGER=SAYS_PAGER, rows=38).raw


def test_folded_lines_count_for_what_they_take() -> None:
    assert "PAGER" in at_a_terminal("list", "--format", "plain", PAGER=SAYS_PAGER, rows=40, columns=60).raw


def test_a_pipe_needs_no_pager(shell: Run) -> None:
    assert shell(*LONG, PAGER=SAYS_PAGER).out.count("\n") == 38


@pytest.mark.parametrize(
    "environment",
    [{"ARCHIVE_PAGER": ""}, {"ARCHIVE_PAGER": "cat"}, {"PAGER": ""}, {"PAGER": "'"}, {"TERM": "dumb"}],
    ids=str,
)
def test_there_are_ways_to_have_no_pager(environment: dict[str, Any]) -> None:
    seen = at_a_terminal(*LONG, **({"PAGER": SAYS_PAGER} | environment))
    assert len(seen.lines) == 38


def test_no_pager() -> None:
    assert len(at_a_terminal(*LONG, "--no-pager", ARCHIVE_PAGER=SAYS_PAGER).lines) == 38


def test_the_archives_own_pager_comes_first() -> None:
    assert "PAGER" in at_a_terminal(*LONG, ARCHIVE_PAGER=SAYS_PAGER, PAGER="cat").raw


def test_less_is_told_only_what_it_does_not_know() -> None:
    assert at_a_terminal(*LONG, PAGER=SAYS_PAGER, LESS="M").lines[0] == "PAGER LESS=M"


def test_less_passes_colours_on_whatever_its_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "less"
    program.write_text('#!/bin/sh\necho "LESS=$LESS ARGUMENTS=$*"\ncat >/dev/null\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    for command, less, expected in (
        ("less", "M", "LESS=M ARGUMENTS=-R"),
        (str(program), "", "LESS= ARGUMENTS=-R"),
        ("less -S", "-M -R", "LESS=-M -R ARGUMENTS=-S"),
    ):
        assert at_a_terminal(*LONG, PATH=path, PAGER=command, LESS=less).lines[0] == expected
    monkeypatch.delenv("LESS", raising=False)
    assert at_a_terminal(*LONG, PATH=path, PAGER="less -S").lines[0] == "LESS=FRX ARGUMENTS=-S"


def test_a_pager_that_is_missing_is_passed_over() -> None:
    seen = at_a_terminal(*LONG, PAGER="no-such-pager --x")
    assert (seen.code, len(seen.lines)) == (0, 38)


@pytest.mark.parametrize("program", ["true", "head -n 1", "sh -c 'exit 3'"])
def test_a_pager_may_end_early(program: str) -> None:
    seen = at_a_terminal("list", "--format", "json", PAGER=program)
    assert seen.code == 0
    assert len(seen.lines) == (program == "head -n 1")


def test_colours_and_links_pass_through_the_pager() -> None:
    seen = at_a_terminal("show", "2010-06-26", PAGER="cat -u")
    assert STYLES.search(seen.raw)
    assert LINKS.search(seen.raw)


def test_a_command_that_fails_shows_no_half_answer() -> None:
    seen = at_a_terminal("show", "2012", "no-such", PAGER=SAYS_PAGER)
    assert seen.code == 1
    assert seen.lines[0].startswith("archive: no event has the id")


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
def test_a_person_reads_on_in_less() -> None:
    seen = at_a_terminal("show", "2010-06-26", keys=" q", PAGER="less")
    assert seen.code == 0
    assert "International Day against Drug Abuse" in seen.plain
    assert STYLES.search(seen.raw)
    assert "ESC[" not in seen.raw
    assert "\x1b[?1049h" not in seen.raw  # X: the text stays on the screen


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
def test_ctrl_c_belongs_to_the_pager() -> None:
    seen = at_a_terminal(*LONG, keys="\x03 q", PAGER="less")
    assert seen.code == 0
    assert "Traceback" not in seen.raw


def test_pagers_are_commands_with_options() -> None:
    assert pager.command({"TERM": "xterm", "PAGER": "less -S '+/a b'"}) == ["less", "-S", "+/a b"]
    assert pager.command({"TERM": "xterm"}) == ["less"]
    assert pager.command({}) == []


def test_remarks_come_after_an_answer_that_is_held_back(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("- id: 2009-a\n  title: A\n  start: 2009-13\n", encoding="utf-8")
    for rows in (24, 4):
        seen = at_a_terminal("validate", str(path), rows=rows, PAGER=SAYS_PAGER)
        assert seen.code == 1
        assert seen.lines[-1] == "0 sound events, 1 error"


# Encodings

ASCII: dict[str, Any] = {"PYTHONIOENCODING": "ascii"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "list",
        "show 2010-06-26",
        "search corruption",
        "count --by topic",
        "calendar",
        "validate",
        "related 2010-06-26",
    ],
)
def test_ascii_is_enough_for_everything(line: str) -> None:
    seen = at_a_terminal(*line.split(), rows=4000, columns=100, **ASCII)
    assert seen.code == 0
    assert seen.raw.isascii()
    assert "\\u" not in seen.raw
    assert max((len(line) for line in seen.lines), default=0) <= 104  # some letters take more room in ASCII


def test_ascii_keeps_the_lines() -> None:
    wide = at_a_terminal("count", "--by", "year", rows=400)
    plain = at_a_terminal("count", "--by", "year", rows=400, **ASCII)
    assert len(wide.lines) == len(plain.lines)
    assert "#" in plain.raw


# Silence


def test_quiet_silences_remarks_not_errors(run: Run) -> None:
    assert run("list", "--year", "1999").err
    assert run("list", "--year", "1999", "-q").err == ""
    assert run("show", "none", "-q").err


# Wrong values

NEEDS = {
    "show": "2010-06-26",
    "search": "corruption",
    "related": "2010-06-26",
    "cite": "2010-06-26",
    "open": "2010-06-26",
}
ANYTHING_GOES = {"--catalogue", "--title"}
BAD = "no-such-value"


def options() -> list[tuple[str, str]]:
    group: Any = typer.main.get_command(app)
    found = []
    for name in COMMANDS:
        for param in group.get_command(None, name).params:
            takes_value = param.param_type_name == "option" and not param.is_flag
            if takes_value and param.opts[0] not in ANYTHING_GOES:
                found.append((name, param.opts[0]))
    return found


@pytest.mark.parametrize(("name", "option"), options())
def test_a_bad_value_gives_one_clear_line(run: Run, tmp_path: Path, name: str, option: str) -> None:
    argument = str(tmp_path / "my.yaml") if name == "init" else NEEDS.get(name)
    found = run(name, *([argument] if argument else []), option, BAD)
    assert (found.code, found.out) == (2, "")
    first, *rest = found.err.splitlines()
    assert first.startswith("archive: ")
    assert BAD in first
    assert option in first or option.removeprefix("--") in first
    assert len(rest) <= 1
    assert all(line.startswith("  ") for line in rest)
    assert not os.listdir(tmp_path)


def test_choices_are_told(run: Run) -> None:
    for args, choices in (
        (("list", "--color", "blue"), ("auto", "always", "never")),
        (("list", "--sort", "size"), ("date", "title", "id")),
        (("validate", "--format", "xml"), ("text", "json")),
        (("list", "--format", "xls"), ("table", "plain", "json", "csv")),
        (("cite", "2010-06-26", "--style", "x"), ("chicago", "apa", "mla")),
    ):
        assert all(choice in run(*args).err.splitlines()[0] for choice in choices)
    assert "whole number" in run("list", "--limit", "x").err


def test_the_precedence_of_colour_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    order = [page.index(f"`{name}") for name in dict.fromkeys(name for name, _, _ in SAID)]
    assert order == sorted(order)
    assert re.search(r"`LESS=FRX`", page)
