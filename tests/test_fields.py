"""``--fields``: which columns, in which order; what is asked for is there, what does not exist is named."""

import csv
import io

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archivecli.core_schema import CORE
from archivecli.errors import UsageError
from archivecli.events import Event, Hit, values_at
from archivecli.render import FORMATS, columns
from conftest import Run

ASKED = "id,start,title,places.city"
TAKING = [name for name, format_ in FORMATS.items() if "fields" in format_.takes]


def test_in_a_sheet(run: Run) -> None:
    heading, *rows = csv.reader(io.StringIO(run("list", "--fields", ASKED, "-f", "csv", "--year", "2012").out))
    assert heading == ASKED.split(",")
    assert [row[3] for row in rows] == ["Bucharest"]


def test_the_order_is_the_one_asked_for(run: Run) -> None:
    (event,) = run("list", "--fields", "title,id", "-f", "json", "--year", "2012").json
    assert list(event) == ["title", "id"]


def test_several_values_are_a_list_always(run: Run) -> None:
    events = run("list", "--fields", "places.city,participants.count", "-f", "json").json
    assert all(isinstance(event["places.city"], list) for event in events)
    assert all(event["participants.count"] is None or event["participants.count"] > 0 for event in events)


def test_formats_agree(run: Run) -> None:
    asked = ("--fields", "id,topics", "--year", "2009")
    expected = run("list", *asked, "-f", "json").json
    assert [yaml.safe_load(line) for line in run("list", *asked, "-f", "jsonl").lines] == expected
    assert yaml.safe_load(run("list", *asked, "-f", "yaml").out) == expected
    tsv = [line.split("\t") for line in run("list", *asked, "-f", "tsv").lines[1:]]
    assert tsv == [[event["id"], "; ".join(event["topics"])] for event in expected]
    plain = [line.split(None, 1) for line in run("list", *asked, "-f", "plain").lines]
    assert plain == [[event["id"], "; ".join(event["topics"]) or "-"] for event in expected]
    markdown = run("list", *asked, "-f", "markdown").lines[2:]
    assert [line.split(" | ")[0] for line in markdown] == [f"| {event['id']}" for event in expected]


def test_a_search_has_its_score(run: Run) -> None:
    events = run("search", "corruption", "--fields", "hit.score,hit.fields,id", "-f", "json").json
    scores = [event["hit.score"] for event in events]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
    assert events[0]["hit.fields"]


def test_a_list_has_no_score(run: Run) -> None:
    result = run("list", "--fields", "hit.score")
    assert (result.code, result.out) == (2, "")
    assert "only a search has 'hit.score'" in result.err


def test_show(run: Run) -> None:
    result = run("show", "2012", "--fields", "start,people.name")
    assert result.lines == ["start: 2012-12-04", "people.name: Aldo Lale-Demoz", "people.name: Gürbüz Bahadir"]


def test_a_table(run: Run) -> None:
    result = run("list", "--fields", ASKED, "-f", "table", "--year", "2012", COLUMNS="120")
    assert result.lines[0].split() == ASKED.split(",")
    assert "Bucharest" in result.out


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("places.cty", "places.city"),
        ("city", "places.city"),
        ("titel", "title"),
        ("organisers.name", "organisers.body"),
        ("organisers.x", "organisers.amount"),
        ("id,,", None),
        ("", "for example"),
        (" , ", "for example"),
    ],
)
def test_what_does_not_exist_names_what_is_near(run: Run, typed: str, hint: str | None) -> None:
    result = run("list", "--fields", typed)
    if hint is None:
        assert result.code == 0
        return
    assert (result.code, result.out) == (2, "")
    assert hint in result.err


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in TAKING])
def test_a_format_without_fields_says_so(run: Run, format_: str) -> None:
    result = run("list", "--fields", "id", "-f", format_)
    assert (result.code, result.out) == (2, "")
    assert "it goes with table, plain" in result.err


def test_every_path_of_the_table_of_fields_is_known() -> None:
    known = columns.known(CORE)
    assert {field.name for field in CORE.fields} <= set(known)
    assert known["places.city"]
    assert not known["source.page"]
    assert known["source.photos"]
    assert not known["title"]


@given(st.text(max_size=40))
def test_any_text_is_an_answer_or_a_usage_error(typed: str) -> None:
    try:
        paths = columns.chosen(CORE, typed)
    except UsageError:
        return
    assert set(paths) <= set(columns.known(CORE))


def test_a_value_is_what_values_at_finds() -> None:
    record = {"places": [{"city": "A"}, {"country": "B"}, {"city": "C"}], "source": {"photos": ["x", "y"], "entry": 1}}
    hit = Hit(Event("x", "t", "2009", "", "", "A", record))
    for path in ("places.city", "source.photos"):
        assert columns.value(CORE, hit, path) == list(values_at(record, path))
    assert columns.value(CORE, hit, "source.entry") == 1
    assert columns.value(CORE, hit, "places.venue") == []
    assert columns.value(CORE, hit, "title") is None
    assert columns.value(CORE, hit, "when") == "2009"


def test_a_terminal_too_narrow_for_the_columns_has_them_below_each_other(run: Run) -> None:
    wide = run("list", "--fields", ASKED, "-f", "table", "--year", "2012", COLUMNS="80")
    narrow = run("list", "--fields", ASKED, "-f", "table", "--year", "2012", COLUMNS="50")
    assert wide.lines[0].split() == ASKED.split(",")
    assert [line.split()[0] for line in narrow.lines if line and not line.startswith(" ")] == ASKED.split(",")
    assert max(map(len, narrow.lines)) <= 50


def test_related_events_have_reasons(run: Run) -> None:
    assert run("related", "2009-12-09", "-n", "0").err == ""
    events = run("related", "2012", "--fields", "id,hit.score,hit.reasons", "-f", "json").json
    assert all(event["hit.reasons"] and event["hit.score"] > 0 for event in events)


def test_completion_goes_on_after_a_comma(shell: Run) -> None:
    listed = shell("archive", "list", "--fields", "id,places.c", _ARCHIVE_COMPLETE="zsh").out
    assert listed.split() == ["id,places.city", "id,places.country"]
    assert "hit.score" in shell("archive", "search", "--fields", "hit.", _ARCHIVE_COMPLETE="zsh").out
