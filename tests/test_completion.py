"""Completion: what is offered, and that bash, zsh and fish take it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from archivecli.archive import Archive
from archivecli.cli import completion
from archivecli.cli.app import COMMANDS, app
from archivecli.cli.completion import SHELLS, split
from archivecli.query.criteria import Query
from archivecli.query.parser import parse
from conftest import Run
from test_architecture import HEAVY

if sys.platform == "win32":
    pytest.skip("the shells are those of Unix", allow_module_level=True)

from terminal import Session


def offered(shell: Run, *words: str) -> list[str]:
    found = shell("archive", *words, _ARCHIVE_COMPLETE="zsh")
    assert (found.code, found.err) == (0, "")
    return [line.partition("\t")[0] for line in found.lines]


def in_bash(shell: Run, line: str) -> list[str]:
    return shell(line, _ARCHIVE_COMPLETE="bash").lines


# What is offered


def test_commands(shell: Run) -> None:
    assert offered(shell, "") == list(COMMANDS)
    assert offered(shell, "sea") == ["search"]
    assert "--catalogue" in offered(shell, "--")


def test_every_option_of_every_command(shell: Run) -> None:
    found = offered(shell, "list", "--")
    assert {"--year", "--country", "--topic", "--format", "--color", "--no-pager", "--catalogue"} <= set(found)
    for name in COMMANDS:
        assert "--color" in offered(shell, name, "--col")


def test_ids_with_titles(shell: Run) -> None:
    found = shell("archive", "show", "2010-06-2", _ARCHIVE_COMPLETE="fish").lines
    assert found == ["2010-06-26-drug-day\tInternational Day against Drug Abuse and Illicit Trafficking"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("list", "--year", ""), ["2008", "2009", "2010", "2012"]),
        (("list", "--year=20"), ["--year=2008", "--year=2009", "--year=2010", "--year=2012"]),
        (("list", "--country", "serb"), ["Serbia"]),
        (("count", "--topic", "drug t"), ["Drug trafficking", "Drug treatment"]),
        (("search", "--city", "kol"), ["Kolasin"]),
        (("list", "--person", "gurb"), ["Gürbüz Bahadir"]),
        (("list", "--body", "sele"), ["SELEC"]),
        (("search", "count"), ["country:"]),
        (("search", "country:ser"), ["country:Serbia"]),
        (("search", "-topic:drug p"), ['-topic:"Drug prevention"']),
        (("search", "topic:drug-t"), ["topic:Drug-trafficking", "topic:Drug-treatment"]),
        (("search", 'topic:"drug t'), ['topic:"Drug trafficking"', 'topic:"Drug treatment"']),
        (("count", "--by", "cou"), ["country"]),
        (("list", "--color", ""), ["auto", "always", "never"]),
        (("list", "--format", "js"), ["json", "jsonl", "jsonld"]),
        (("list", "--sort", "t"), ["title"]),
        (("list", "--fields", "id,sta"), ["id,start", "id,statements", "id,statements.by", "id,statements.says"]),
        (("cite", "--style", ""), ["chicago", "apa", "mla"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("validate", ""), [":files"]),
        (("init", "x"), [":files"]),
        (("list", "-o", ""), [":files"]),
        (("list", "--catalogue", ""), [":files"]),
        (("list", "--year", "3"), []),
        (("nonsense", ""), []),
    ],
)
def test_values(shell: Run, words: tuple[str, ...], expected: list[str]) -> None:
    assert offered(shell, *words)[: len(expected) or 1] == expected


def test_the_catalogue_of_the_line_counts(shell: Run, tmp_path: Path) -> None:
    path = tmp_path / "my catalogue.yaml"
    path.write_text("- id: 1999-01-02-one\n  title: One\n  start: 1999-01-02\n", encoding="utf-8")
    assert offered(shell, "list", "--catalogue", str(path), "--year", "") == ["1999"]
    assert offered(shell, "--catalogue", str(path), "show", "") == ["1999-01-02-one"]
    assert shell("archive", "show", "", _ARCHIVE_COMPLETE="zsh", ARCHIVE_CATALOGUE=str(path)).out.startswith("1999")


NAMES = [
    "Law enforcement (all)",
    "Trade, fair and free",
    'The "blue" heart',
    "U.N. bodies",
    "Liability of legal persons",
]


def test_what_is_offered_in_a_query_finds_what_it_names(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "topics.yaml"
    days = [
        f"- {{id: 1999-01-0{n}-x, title: X, start: 1999-01-0{n}, topics: ['{t}']}}\n" for n, t in enumerate(NAMES, 1)
    ]
    path.write_text("".join(days), encoding="utf-8")
    archive = Archive(path)
    for number, name in enumerate(NAMES, 1):
        word = completion._in_one_word(name)
        assert not set(word) & set(' "(),')
        found = archive.select(Query(parse(f"topic:{word}").where))
        assert [event.id for event in found] == [f"1999-01-0{number}-x"]


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish_takes_values_with_blanks_in_a_query(archive_on_path: Path) -> None:
    for typed, expected in (("topic:corr", "topic:Corruption\t"), ("topic:judicial", "topic:Judicial-cooperation\t")):
        line = f"source (archive completion fish | psub); complete -C 'archive search {typed}'"
        done = subprocess.run(["fish", "--no-config", "-c", line], capture_output=True, text=True, timeout=60)
        assert expected in done.stdout


def test_a_broken_catalogue_offers_nothing(shell: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("- id: [", encoding="utf-8")
    assert offered(shell, "list", "--catalogue", str(path), "--year", "") == []
    assert offered(shell, "show", "--catalogue", str(tmp_path / "none"), "") == []


def test_nothing_of_the_data_can_act_on_the_shell(shell: Run, tmp_path: Path) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text(
        '- id: 1999-01-02-one\n  title: "a\\n:files\\t$(touch x)"\n  start: 1999-01-02\n  topics: ["$(touch y) `z` \'q\'"]\n',
        encoding="utf-8",
    )
    assert in_bash(shell, f"archive list --catalogue {path} --topic ") == ["\\$\\(touch\\ y\\)\\ \\`z\\`\\ \\'q\\'"]
    assert offered(shell, "show", "--catalogue", str(path), "") == ["1999-01-02-one"]


def test_typer_tells_what_a_word_belongs_to() -> None:
    cli = get_command(app)
    for words, incomplete, name, typed in (
        (["list"], "--year=20", "year", "20"),
        (["list", "--year"], "20", "year", "20"),
        (["show"], "2010", "ids", "2010"),
        (["list"], "--ye", "list", "--ye"),
    ):
        ctx, found, rest = completion._resolve(cli, words, incomplete)
        assert (ctx.command.name, found.name, rest) == (words[0], name, typed)


def test_words_of_bash() -> None:
    assert split("archive list --topic 'a b") == (["archive", "list", "--topic", "a b"], "'a b")
    assert split("archive show ") == (["archive", "show", ""], "")
    assert split('a  b\\ c "d"e') == (["a", "b c", "de"], '"d"e')


def test_bash_is_given_what_it_replaces(shell: Run) -> None:
    assert in_bash(shell, "archive count --topic drug\\ t") == ["Drug\\ trafficking", "Drug\\ treatment"]
    assert in_bash(shell, 'archive count --topic "drug t') == ["Drug trafficking", "Drug treatment"]
    assert in_bash(shell, "archive count --year=2012") == ["2012"]
    assert in_bash(shell, "archive search country:ser") == ["Serbia"]


def test_a_completing_shell_waits_for_nothing_slow() -> None:
    program = (
        "import sys\n"
        "sys.argv = ['archive', 'archive', 'list', '--topic', 'dr']\n"
        "from archivecli.cli.app import main\n"
        "assert main() == 0\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "_ARCHIVE_COMPLETE": "zsh"},
    )
    assert "Drug trafficking" in done.stdout
    assert not set(done.stderr.split()) & set(HEAVY)


# In the shells themselves


@pytest.fixture
def archive_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the command ``archive`` on the path, and nothing of the developer's into the shells' way."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "archive"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archivecli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.chdir(tmp_path)
    return tmp_path


STARTS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(archive completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit; compinit -u -D; source <(archive completion zsh)"),
    "fish": (["fish", "--no-config", "-i"], "archive completion fish | source"),
}


def test_every_script_is_tried() -> None:
    assert tuple(STARTS) == SHELLS


TABS = {
    "command": ("archive cou\t --year 2012", "1"),
    "option": ("archive list --form\t ids --year 2012", "2012-12-04-selec-memorandum"),
    "value": ("archive list --country serb\t --year 2010 --format ids", "2010-12-08-uncac-review-workshop"),
    "id": ("archive show 2010-06-2\t --format ids", "2010-06-26-drug-day"),
    "in quotes": ('archive list --year 2010 --topic "Drug pre\t -f ids', "2010-06-26-drug-day"),
    "with a blank": ("archive list --year 2010 --topic Drug\\ pre\t -f ids", "2010-06-26-drug-day"),
    "query": ("archive search country:Bulg\t --year 2008 -f ids", "2008-12-09-anti-corruption-conference"),
    "value with a blank in a query": ("archive search topic:drug-pre\t --year 2010 -f ids", "2010-06-26-drug-day"),
    "file": (
        "archive validate my-f\t",
        "my-file.yaml:2:1: syntax: not YAML: a value is missing here, or a bracket is never closed",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STARTS)
def test_tab(archive_on_path: Path, name: str) -> None:
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed: its completion is NOT tested here")
    (archive_on_path / "my-file.yaml").write_text("- id: [\n", encoding="utf-8")
    program, start = STARTS[name]
    session = Session(program, TERM="xterm")
    failed = []
    try:
        session.type(f"{start}; echo LOAD''ED\r", "LOADED")
        for what, (keys, expected) in TABS.items():
            before, _, after = keys.partition("\t")
            shown = session.type(f"{before}\t")
            found = session.type(f"{after}; echo DO''NE\r", "DONE")
            if expected not in re.split(r"[\r\n]+", found):
                failed.append(f"{what}: {before!r} → {shown!r} → {found!r}")
    finally:
        session.end()
    assert not failed, "\n".join(failed)
