"""The four commands on the shipped archive: filters, orders, near misses, streams and exit codes."""

import csv
import itertools
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archivecli import __version__, text
from archivecli.cli.app import COMMANDS
from archivecli.dates import period
from archivecli.query.criteria import SORTS
from archivecli.schema import CORE_FACETS
from conftest import Result, Run, tried

FILTERED = ("list", "search", "count")


def ids(run: Run, *args: str) -> list[str]:
    result = run("list", *args, "--format", "ids")
    assert result.code == 0, result.err
    return result.lines


# What one types first


def test_list_and_count_agree(run: Run) -> None:
    assert len(run("list").lines) == 38
    assert run("count").out == "38\n"
    assert len(run("list", "--year", "2009").lines) == 26
    assert len(run("list", "--year", "2010").lines) == 10


def test_a_bare_archive_greets(run: Run) -> None:
    greeting = run()
    assert greeting.code == 0
    assert "38 events, 9 Dec 2008 – 4 Dec 2012" in greeting.out
    assert greeting.err == ""
    for line in greeting.lines:
        if line.startswith("  archive ") and "--help" not in line:
            args = line.split("  ")[1].split()[1:]
            assert run(*args).code == 0
            assert run(*args).out


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=" ".join)
def test_help(run: Run, command: list[str], option: str) -> None:
    result = run(*command, option)
    assert result.code == 0
    assert "Usage: " in result.out
    assert "--install-completion" not in result.out  # it belongs to no single command


def test_version(run: Run) -> None:
    assert run("--version").out == f"archive {__version__}\n"


def test_an_unknown_command_names_itself(run: Run) -> None:
    result = run("lisst")
    assert (result.code, result.out) == (2, "")
    assert "lisst" in result.err


# Filters


@pytest.mark.parametrize("command", FILTERED)
def test_every_filter_is_on_every_command(run: Run, command: str) -> None:
    listed = run(command, "--help").out
    for name in ("year", "month", "from", "to", *(facet.name for facet in CORE_FACETS.values() if facet.option)):
        assert f"--{name} " in listed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("--country macedonia", "--country 'the former Yugoslav Republic of Macedonia'"),
        ("--country MACEDONIA", "--country fyrom"),
        ("--country srbija", "--country Serbia"),
        ("--city Скопје", "--city skopje"),
        ("--body rcc", "--body 'Regional Cooperation Council'"),
        ("--body RCC", "--body rcc"),
        ("--person dačić", "--person 'Ivica Dacic'"),
        ("--month 12", "--month december"),
        ("--month dec", "--month DECEMBER"),
        ("--month 2009-12", "--month 'december 2009'"),
        ("--year 2009", "--from 2009 --to 2009"),
        ("--year 2009..2010", "--year 2009 --year 2010"),
        ("--from 2009-12-01 --to 2009-12-31", "--from 2009-12 --to 2009-12"),
        ("--country serbia --country croatia", "--country croatia --country serbia --country serbia"),
        ("--kind workshop --year 2009", "--year 2009 --kind workshop"),
    ],
)
def test_two_ways_of_saying_the_same(run: Run, one: str, other: str) -> None:
    import shlex

    found = ids(run, *shlex.split(one))
    assert found
    assert found == ids(run, *shlex.split(other))


def test_an_event_of_several_days_is_found_on_each_of_them(run: Run) -> None:
    missions = "2009-11-03-cbt-missions"  # until 23 December
    for args in (["--month", "2009-12"], ["--from", "2009-12-23"], ["--from", "2009-12-01", "--to", "2009-12-01"]):
        assert missions in ids(run, *args, "--year", "2009")
    assert missions not in ids(run, "--from", "2009-12-24", "--to", "2009-12-31")


@pytest.mark.parametrize(
    "option",
    [f"--{facet.name}" for facet in CORE_FACETS.values() if facet.option],
)
def test_an_unknown_name_is_wrong_usage(run: Run, option: str) -> None:
    for command, typed in itertools.product((["list"], ["count"], ["search", "corruption"]), ("zzqqxx", "", "?!")):
        result = run(*command, option, typed)
        assert (result.code, result.out) == (2, "")
        assert f"'{typed}'" in result.err
        assert len(result.err.splitlines()) == 2  # what is wrong, and what to do next


@pytest.mark.parametrize(
    ("args", "near"),
    [
        ("--country macedonai", "Macedonia"),
        ("--country bulgria", "Bulgaria"),
        ("--city sofa", "Sofia"),
        ("--kind workshp", "Workshop"),
        ("--topic coruption", "Corruption"),
        ("--person kosta", "Costa"),
        ("--by contry", "country"),
        ("--format jsn", "json"),
    ],
)
def test_a_near_miss_is_named(run: Run, args: str, near: str) -> None:
    result = run("count" if "--by" in args else "list", *args.split())
    assert (result.code, result.out) == (2, "")
    assert near in result.err


@pytest.mark.parametrize(
    "args",
    [
        "--year 20",
        "--year 0000",
        "--year 2009..x",
        "--month 13",
        "--month 0",
        "--month 2009-13",
        "--month smarch",
        "--from 2009-02-30",
        "--from 2009-1-5",
        "--to yesterday",
        "--from 2010 --to 2009",
        "--sort colour",
        "--limit -1",
        "--limit many",
        "--format pdf",
        "--color sometimes",
        "--colour",
        "--yeer 2009",
        "surplus",
        "search",
        "show",
    ],
)
def test_wrong_usage(run: Run, args: str) -> None:
    result = run(*args.split()) if args in ("search", "show") else run("list", *args.split())
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("archive: ")
    assert "Traceback" not in result.err


# Laws

CHOICES: dict[str, list[str]] = {
    "--year": ["2009", "2010", "2008", "2011"],
    "--month": ["12", "june", "2009-11"],
    "--country": ["serbia", "bulgaria", "austria"],
    "--involving": ["albania", "croatia"],
    "--kind": ["workshop", "conference"],
    "--topic": ["corruption", "drug trafficking"],
    "--body": ["unodc", "rcc"],
    "--from": ["2009-06", "2010"],
    "--to": ["2009-12-10", "2010-06"],
}
filters = st.lists(
    st.sampled_from([(option, value) for option, values in CHOICES.items() for value in values]),
    max_size=4,
    unique_by=lambda pair: pair[0],
)
lawful = tried(25)


def flat(chosen: list[tuple[str, str]]) -> list[str]:
    return [piece for pair in chosen for piece in pair]


def sound(chosen: list[tuple[str, str]]) -> bool:
    """Tell whether the filters do not contradict each other outright, which is wrong usage."""
    given = dict(chosen)
    return not ({"--from", "--to"} <= set(given) and given["--from"] > given["--to"])


@lawful
@given(chosen=filters.filter(sound))
def test_count_is_the_number_of_lines_of_list(run: Run, chosen: list[tuple[str, str]]) -> None:
    assert run("count", *flat(chosen)).out == f"{len(ids(run, *flat(chosen)))}\n"


@lawful
@given(chosen=filters.filter(sound), data=st.data())
def test_the_order_of_filters_does_not_matter(run: Run, chosen: list[tuple[str, str]], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(chosen))
    assert ids(run, *flat(mixed)) == ids(run, *flat(chosen))


@lawful
@given(chosen=filters.filter(sound))
def test_one_more_filter_never_adds_events(run: Run, chosen: list[tuple[str, str]]) -> None:
    found = set(ids(run, *flat(chosen)))
    for number in range(len(chosen)):
        assert found <= set(ids(run, *flat(chosen[:number])))


@lawful
@given(chosen=filters.filter(sound))
def test_what_search_finds_is_in_list(run: Run, chosen: list[tuple[str, str]]) -> None:
    found = run("search", "corruption", *flat(chosen), "--format", "json").json
    whole = [event["id"] for event in found if not event.get("hit", {}).get("partial")]
    assert set(whole) <= set(ids(run, *flat(chosen)))
    if len(whole) == len(found):
        assert run("count", "corruption", *flat(chosen)).out == f"{len(found)}\n"


@pytest.mark.parametrize(
    "facet", [facet for facet in CORE_FACETS.values() if facet.option], ids=lambda facet: facet.name
)
def test_count_by_a_field_is_count_with_its_filter(run: Run, facet: object) -> None:
    name = facet.name  # type: ignore[attr-defined]
    rows = run("count", "--by", name, "--format", "json").json
    for row in [row for row in rows if row[name]][:8]:
        assert run("count", f"--{name}", row[name]).out == f"{row['count']}\n"
    assert sum(row["count"] for row in rows) >= 38


def test_several_values_are_alternatives(run: Run) -> None:
    serbia, croatia = ids(run, "--country", "serbia"), ids(run, "--country", "croatia")
    assert set(ids(run, "--country", "serbia", "--country", "croatia")) == set(serbia) | set(croatia)


# Orders and limits


def test_newest_first_and_reversed(run: Run) -> None:
    found = run("list", "--format", "json").json
    starts = [period(event["start"], event.get("end")) for event in found]
    assert starts == sorted(starts, reverse=True)
    assert ids(run, "--reverse") == ids(run)[::-1]


@pytest.mark.parametrize("order", [order for order in SORTS if order != "relevance"])
def test_every_order_has_all_events(run: Run, order: str) -> None:
    assert sorted(ids(run, "--sort", order)) == sorted(ids(run))
    assert ids(run, "--sort", order, "-n", "5") == ids(run, "--sort", order)[:5]


def test_a_limit(run: Run) -> None:
    assert len(ids(run, "--limit", "3")) == 3
    assert ids(run, "-n", "100") == ids(run)
    nothing = run("list", "-n", "0")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "")


# In a pipe


def test_a_line_an_event(run: Run) -> None:
    for line in run("list").lines:
        assert re.match(r"\d{4}-\d{2}-\d{2}-\S+  +\d{4}-\d{2}-\d{2}(/\d{4}-\d{2}-\d{2})?  +\S", line)
    assert "\x1b" not in run("list").out
    assert "…" not in run("list").out


def test_remarks_go_to_stderr_and_can_be_silenced(run: Run) -> None:
    said = run("list", "--year", "1999")
    assert (said.code, said.out) == (0, "")
    assert "no event matches" in said.err
    assert run("list", "--year", "1999", "--quiet").err == ""
    assert run("show", "none", "-q").err


@pytest.mark.parametrize("command", [["list"], ["count"], ["search", "corruption"]], ids=lambda line: line[0])
def test_fail_if_empty(run: Run, command: list[str]) -> None:
    assert run(*command, "--year", "1999").code == 0
    assert run(*command, "--year", "1999", "--fail-if-empty").code == 1
    assert run(*command, "--year", "2009", "--fail-if-empty").code == 0


def test_empty_answers_are_whole(run: Run) -> None:
    nothing = ("--year", "1999", "-q", "--format")
    assert run("list", *nothing, "json").json == []
    assert run("list", *nothing, "jsonl").out == ""
    assert yaml.safe_load(run("list", *nothing, "yaml").out)["events"] == []
    (heading,) = run("list", *nothing, "csv").lines
    assert heading.startswith("id,start,end,title,")
    assert run("count", "--year", "1999", "-q").out == "0\n"


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "tsv", "yaml", "plain"])
def test_counts_in_every_format(run: Run, format_: str) -> None:
    said = run("count", "--by", "year", "--format", format_).out
    rows: list[dict[str, str]]
    if format_ == "plain":
        rows = [dict(zip(("count", "year"), line.split(), strict=True)) for line in said.splitlines()]
    elif format_ in ("csv", "tsv"):
        rows = list(csv.DictReader(said.splitlines(), delimiter="," if format_ == "csv" else "\t"))
    elif format_ == "jsonl":
        rows = [json.loads(line) for line in said.splitlines()]
    else:
        rows = yaml.safe_load(said)  # JSON is YAML
    assert {row["year"]: int(row["count"]) for row in rows} == {"2008": 1, "2009": 26, "2010": 10, "2012": 1}


# show


def test_show_takes_several(run: Run) -> None:
    assert run("show", "2012", "2008", "--format", "ids").lines == [ids(run)[0], ids(run)[-1]]


def test_an_ambiguous_beginning_lists_the_candidates(run: Run) -> None:
    result = run("show", "2009-06-26")
    assert (result.code, result.out) == (1, "")
    assert "2009-06-26-drug-day-belgrade" in result.err
    assert "2009-06-26-drug-day-sofia" in result.err


def test_an_unknown_id_names_those_that_come_near(run: Run) -> None:
    for typed, near in [("2009-12-08-uncac-conference", "2009-12-0"), ("uncac-conference", "uncac-conference")]:
        result = run("show", typed)
        assert (result.code, result.out) == (1, "")
        assert near in result.err.splitlines()[-1]


def test_one_bad_id_of_several_shows_nothing(run: Run) -> None:
    result = run("show", "2012", "1999")
    assert (result.code, result.out) == (1, "")


# search


def test_case_and_accents_do_not_matter(run: Run) -> None:
    found = [run("search", word, "--format", "ids").out for word in ("sarajevo", "SARAJEVO", "Sarajevö", "САРАЈЕВО")]
    assert found[0]
    assert len(set(found)) == 1


def test_all_words_are_wanted(run: Run) -> None:
    both = run("search", "corruption", "serbia", "--format", "ids").lines
    assert both
    assert set(both) <= set(run("search", "corruption", "--format", "ids").lines)


# At a terminal


WITH_WORDS = ["search", "count", "facets", "calendar", "timeline", "on-this-day"]


@pytest.mark.parametrize("command", WITH_WORDS)
def test_an_unknown_option_is_never_a_word(run: Run, command: str) -> None:
    for line in (
        ["corruption", "--yaer", "2009"],
        ["--yaer=2009", "corruption"],
        ["corruption", "--year", "2009", "--yaer"],
    ):
        result = run(command, *line)
        assert (result.code, result.out) == (2, "")
        assert result.err.splitlines()[:2] == ["archive: there is no option --yaer", "  did you mean --year?"] or (
            "--yaer=2009" in line and "there is no option --yaer" in result.err
        )
    assert run(command, "-f", "json", "--", "corruption", "--yaer").code == 0


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("-sofia", "-sofia"),
        ("-2009", "-2009"),
        ("-uk", "-uk"),
        ("-country:serbia", "-country:serbia"),
        ("-office:x", "-office:x"),
        ('-"asset recovery"', '-"asset recovery"'),
        ("-(sofia OR belgrade)", "-(sofia OR belgrade)"),
        ("-nato", "-nato"),
    ],
)
def test_one_hyphen_excludes(run: Run, typed: str, query: str) -> None:
    asked_at_once = run("search", "-f", "ids", f"corruption {query}")
    assert run("search", "corruption", typed, "-f", "ids").out == asked_at_once.out
    assert run("search", "-f", "ids", "--", "corruption", typed).out == asked_at_once.out
    assert run("count", "corruption", typed).out == run("count", f"corruption {query}").out


def test_short_options_stay_options(run: Run) -> None:
    expected = run("search", "corruption", "--limit", "3", "--format", "ids", "--reverse").lines
    for line in (["-rqn3", "-fids"], ["-n", "3", "-r", "-f", "ids"], ["-rn", "3", "-fids"]):
        assert run("search", "corruption", *line).lines == expected
    assert run("search", "corruption", "-x").code == 2  # a slip, not a word of one letter
    assert "'-sofia' is not a year" in run("count", "corruption", "--year", "-sofia").err  # a value stays as it is


# Only these events: ids on standard input

READ_MANY = {
    "list": ("-f", "ids"),
    "search": ("corruption", "-f", "ids"),
    "count": (),
    "facets": ("topic",),
    "calendar": (),
    "timeline": (),
    "on-this-day": ("--today", "2009-06-26", "-f", "ids"),
}
"""Every command that reads many events, with what makes its answer one to compare."""


@pytest.mark.parametrize("command", READ_MANY)
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_a_hyphen_reads_ids_from_standard_input(run_with: Callable[..., Result], command: str, first: bool) -> None:
    given = ["2009-06-26-drug-day-sofia", "2009-12-09-uncac", "2010-12-08-uncac-review-workshop   2010-12-08  whatever"]
    words = READ_MANY[command]
    line = ["-", *words] if first else [*words, "-"]
    of_these = run_with("\n".join(given), command, *line)
    assert of_these.code == 0
    all_of_them = run_with("", command, *words)
    assert of_these.out != all_of_them.out
    if command in ("list", "search", "on-this-day"):
        chosen = {line.split()[0] for line in given}
        assert of_these.lines == [one for one in all_of_them.lines if any(one.startswith(name) for name in chosen)]
    if command == "count":
        assert of_these.out == "3\n"


@pytest.mark.parametrize("command", READ_MANY)
def test_ids_on_standard_input_must_be_right(run_with: Callable[..., Result], command: str) -> None:
    words = READ_MANY[command]
    wrong = run_with("2010-06-26\nno-such-id\n", command, *words, "-")
    assert (wrong.code, wrong.out) == (1, "")
    assert "no event has the id 'no-such-id'" in wrong.err
    assert run_with("", command, "-", *words, "-").code == 2
    nothing = run_with("", command, *words, "-")
    assert nothing.code == 0
    assert "no ids on standard input" in nothing.err


def test_ids_on_standard_input_end_with_lines_or_nul(run_with: Callable[..., Result]) -> None:
    assert run_with("2010-06-26\0002012\0", "count", "-").out == "2\n"
    assert run_with("\ufeff2012\r\n\r\n2012\n", "count", "-").out == "1\n"


def test_suggestions_keep_to_the_ids_on_standard_input(run_with: Callable[..., Result]) -> None:
    assert "archive list - --topic" in run_with("2009-12-09", "facets", "topic", "-").out


@pytest.mark.parametrize("line", ["validate -", "related -", "list corruption"])
def test_commands_that_read_no_ids_say_so(run: Run, line: str) -> None:
    result = run(*line.split())
    assert (result.code, result.out) == (2, "")


def test_a_hyphen_between_words_belongs_to_the_query(run: Run) -> None:
    assert run("count", "october", "-", "december", "2009").out == run("count", "october - december 2009").out != "0\n"


# Ranges that run backwards


@pytest.mark.parametrize(
    "line",
    [
        ["list", "--year", "2010..2009"],
        ["list", "--from", "2010", "--to", "2009"],
        ["search", "year:2010..2009"],
        ["search", "during:2010-02..2010-01"],
        ["search", "from:2010-02 to:2010-01"],
        ["search", "2010..2009"],
        ["search", "2010-2009"],
        ["search", "from 2010 to 2009"],
        ["search", "corruption december 2009 - may 2009"],
        ["count", "2010-02..2009-12"],
        ["facets", "topic", "2010..2009"],
    ],
    ids=" ".join,
)
def test_a_range_that_runs_backwards_is_refused(run: Run, line: list[str]) -> None:
    result = run(*line)
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("\n  exchange the two\n")


def test_two_dates_in_any_order_are_no_range(run: Run) -> None:
    assert run("count", "2010", "and", "2009").out == run("count", "2009", "or", "2010").out
    assert run("count", "--year", "2009..2009").out == run("count", "--year", "2009").out


# Letters: their order, and the two ways to store an accent


IN_ORDER = [
    "Änderung",
    "Apple day",
    "École en fête",
    "edge",
    "Ørsted",
    "“Quoted”",
    "The 9th walk",
    "The 10th walk",
    "Zebra",
]


def test_titles_are_sorted_by_the_alphabet(run: Run, tmp_path: Path) -> None:
    days = enumerate(reversed(IN_ORDER), 1)
    events = [{"id": f"2020-01-{n:02d}-x", "title": title, "start": f"2020-01-{n:02d}"} for n, title in days]
    path = str(tmp_path / "letters.yaml")
    Path(path).write_text(json.dumps({"events": events}), encoding="utf-8")
    assert run("--catalogue", path, "list", "--sort", "title", "--fields", "title", "-f", "plain").lines == IN_ORDER
    backwards = run("--catalogue", path, "list", "--sort", "title", "-r", "--fields", "title", "-f", "plain")
    assert backwards.lines == IN_ORDER[::-1]


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=5), st.sampled_from(["", "No. ", "é"]))
def test_numbers_are_sorted_by_their_value(numbers: list[int], before: str) -> None:
    keys = text.sort_keys([f"{before}{number} x" for number in numbers])
    assert [number for _, number in sorted(zip(keys, numbers, strict=True))] == sorted(numbers)


def test_the_two_ways_to_store_an_accent_are_one_value(run: Run, tmp_path: Path) -> None:
    one, two = unicodedata.normalize("NFC", "Zürich"), unicodedata.normalize("NFD", "Zürich")
    places = [{"places": [{"city": one}]}, {"places": [{"city": two}]}, {"places": [{"city": one}, {"city": two}]}]
    events = [{"id": f"2020-0{n}-x", "title": "X", "start": f"2020-0{n}", **place} for n, place in enumerate(places, 1)]
    for vocabulary in ({}, {"cities": {"zurich": {"name": two}}}):
        path = tmp_path / f"{len(vocabulary)}.yaml"
        path.write_text(
            json.dumps({"events": events, **({"vocabulary": vocabulary} if vocabulary else {})}), encoding="utf-8"
        )
        asked = ("--catalogue", str(path))
        assert run(*asked, "count", "--by", "city").out == f"3  {one}\n"
        for typed in (one, two, "zurich"):
            assert run(*asked, "count", "--city", typed).out == "3\n"
            assert run(*asked, "count", f"city:{typed}").out == "3\n"
        assert len(run(*asked, "facets", "city").lines) == 1
        record = run(*asked, "show", "2020-02", "-f", "json").json
        assert two in json.dumps(record, ensure_ascii=False)  # the record stays as it was written
