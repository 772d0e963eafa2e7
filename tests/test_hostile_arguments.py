"""Any query and any argument: an answer or one clear error, with the exit code that is promised."""

import contextlib
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archivecli.cli.app import COMMANDS, load_command
from archivecli.errors import UsageError
from archivecli.query.criteria import Query
from archivecli.query.parser import MAX_TOKENS, parse, tokens
from conftest import Result, Run, tried
from fuzz.__main__ import at_random
from fuzz.targets import SEEDS, TARGETS, archive
from limits import limited

PIECES = """
    corruption sofia AND OR NOT ( ) " "mutual legal" traf* - -- * : :: .. ... 2009 2009..2010 ..2010 2009.. 2009-13 99999
    country:serbia country: :serbia year:x year:2009,2010 month:13 on:31-02 title:a* title:"a b" nonsense:x kind:*
    september 26 june 2009-10-05 0000 9999-12-31 10000 U.N. e-learning 400.000 17.5 1.000.000.000 € % don't O'Neil a' 'a
    fts NEAR(a,b) MATCH rowid; DROP TABLE events; ' '' `x` \\ % _ {title}:a ^a a^2 + & && | || ~ ! @ # $ ; , . ? / < >
    Скопје Đorđe Gürbüz ﬁ ﷺ 漢字 👍🏿 e\u0301 \u202e \u200b \x1b[31m \x00 \ud800 İ ß ı
""".split(" ")

any_word = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
any_query = st.lists(st.sampled_from(PIECES) | any_word, max_size=12).map(" ".join)


def well_ended(result: Result, findings: bool = False) -> None:
    """Check that a run ended as promised: 0, 1 or 2, nothing on stdout where it failed, and never a traceback.

    Where ``validate`` has ``findings``, they are its answer, and the code is 1 all the same.
    """
    assert result.code in (0, 1, 2)
    assert "Traceback" not in result.err
    assert "should not have happened" not in result.err
    if result.code and not (findings and result.code == 1):
        assert not result.out
        assert result.err.startswith(("archive: ", "/")) or ": " in result.err


@tried(60)
@given(any_query)
@example("(" * 5000)
@example('"' * 4999)
@example("NOT " * 3000)
@example("a OR " * 3000)
@example("year:" + "2009," * 4000)
@example("a-" * 30_000)
@example("a" * 100_000)
@example("1.000" * 20_000)
@example("U.N." * 20_000 + "aa")
def test_any_text_is_a_query(run: Run, typed: str) -> None:
    well_ended(run("search", "--limit", "3", "--format", "ids", "--", typed))


@tried(60)
@given(any_query)
def test_a_query_counts_what_it_lists(run: Run, typed: str) -> None:
    counted = run("count", "--", typed)
    found = run("search", "--format", "ids", "--", typed)
    well_ended(counted)
    well_ended(found)
    if counted.code == found.code == 0:
        assert int(counted.out) == len(found.lines)


@tried(80)
@given(any_query)
def test_reading_a_query_ends_and_says_what_it_left_out(typed: str) -> None:
    assert len(tokens(typed)) <= MAX_TOKENS
    with contextlib.suppress(UsageError):
        assert archive().count(Query(parse(typed).where)) >= 0


def options_of(name: str) -> list[Any]:
    """Return the options of a command as Typer knows them."""
    return [parameter for parameter in load_command(name).params if parameter.opts[0].startswith("-")]


NEEDS = {
    "search": ["drug"],
    "show": ["2010-06-26"],
    "related": ["2010-06-26"],
    "cite": ["2010-06-26"],
    "open": ["2010-06-26"],
}
NOT_HERE = {"init", "browse", "import", "completion"}
"""Commands that write files or wait for keys: each has its own tests."""

WRONG = ["", " ", "x", "-1", "0", "1e9", "9" * 30, "nan", "2009-02-30", "..", "a,b"]
WRONG += ["[/]", "\x1b[31m", "\ud800", "-", "--", "%s", "a" * 3000]

EVERY_OPTION = {
    option.opts[0] if option.opts[0] in shared else f"{name} {option.opts[0]}": (name, option.opts[0], option)
    for shared in [{option.opts[0] for option in options_of("list")}]
    for name in COMMANDS
    if name not in NOT_HERE
    for option in options_of(name)
    if option.opts[0] not in ("--output", "--web", "--help")
}
"""An option that many commands share is tried on one of them."""


@pytest.mark.parametrize(("name", "option", "parameter"), EVERY_OPTION.values(), ids=list(EVERY_OPTION))
def test_every_option_with_every_wrong_value(
    name: str, option: str, parameter: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # where ".." is a folder without catalogues
    if getattr(parameter, "is_flag", False):
        well_ended(run(name, f"{option}=x", *NEEDS.get(name, [])))
        return
    well_ended(run(name, *NEEDS.get(name, []), option))  # no value at all
    for value in WRONG:
        arguments = [name, f"{option}={value}", *NEEDS.get(name, [])]
        if name == "open":
            arguments.append("--print")
        well_ended(run(*arguments))


USUAL = [*COMMANDS, "--help", "--version", "--", "-", "--year", "-n", "-f", "--by", "json", "2009"]


@tried(60)
@given(st.lists(st.sampled_from(USUAL) | any_word, max_size=6))
def test_any_command_line(run: Run, words: list[str]) -> None:
    if NOT_HERE & set(words) or "open" in words or {"-o", "--output"} & set(words):
        return
    well_ended(run(*words), findings="validate" in words)


def test_words_that_look_like_options(run: Run) -> None:
    assert run("search", "--", "--help").code in (0, 2)
    assert "Usage" not in run("search", "--", "--help").out
    assert run("search", "-sofia", "corruption").code == 0


@pytest.mark.parametrize("option", ["--year", "--country", "--topic"])
def test_thousands_of_values_of_one_option(option: str, run: Run) -> None:
    value = {"--year": "2009", "--country": "serbia", "--topic": "corruption"}[option]
    few, many, too_many = (run("count", *[option, value] * number) for number in (1, 1500, 6000))
    assert many.out == few.out
    well_ended(too_many)


@pytest.mark.parametrize("line", ["show", "search", "list --country", "list --year", "cite", "list --format"])
def test_one_megabyte_of_text(line: str) -> None:
    for text in ("a" * 1_000_000, "a " * 500_000, "a-b." * 250_000, "1.000" * 200_000, "漢" * 300_000, "(" * 1_000_000):
        result = limited(*line.split(), *([] if "--" in line else ["--"]), text)
        well_ended(result)
        assert len(result.err) < 20_000


@pytest.mark.parametrize(
    "line", ["{}", "list --limit={}", "list -o {}", "list -o {}.csv", "--catalogue {} list", "validate {}", "init {}"]
)
def test_a_message_is_short_whatever_was_typed(run: Run, line: str) -> None:
    result = run(*line.format("9" * 20_000).split())
    well_ended(result)
    assert 0 < max(map(len, result.err.splitlines())) <= 1000


def test_a_number_as_large_as_one_likes(run: Run) -> None:
    assert len(run("list", "--limit", "9" * 25).lines) == 38
    assert run("list", "--limit", "9" * 5000).code == 2


def test_bytes_that_are_no_text(shell: Run) -> None:
    for line in (
        ["search", "\udcff"],
        ["show", "\udcff"],
        ["list", "--city", "x\udcff"],
        ["list", "--catalogue", "\udcff"],
    ):
        well_ended(shell(*line))


@pytest.mark.parametrize("name", TARGETS)
def test_fuzzing(name: str) -> None:
    """For minutes of it, guided by coverage, run ``python -m fuzz`` in this folder."""
    TARGETS[name](SEEDS[name][0])
    random = Random(int(os.environ.get("FUZZ_SEED", "1")))
    for _ in range(100):
        at_random(TARGETS[name], SEEDS[name], random)
