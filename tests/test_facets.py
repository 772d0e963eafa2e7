"""``archive facets``: every number adds up, and every command lists what its row says."""

import shlex
from pathlib import Path

import pytest

from archivecli.cli.commands.facets import FIELDS
from conftest import Run, Terminal

FILTERS: tuple[list[str], ...] = (
    [],
    ["--year", "2009..2010"],
    ["--country", "serbia", "--country", "bulgaria"],
    ["corruption", "--month", "12"],
    ["corruption OR drugs", "--topic", "corruption"],
)


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
@pytest.mark.parametrize("field", FIELDS)
def test_every_command_lists_what_its_row_says(run: Run, field: str, filters: list[str]) -> None:
    total = int(run("count", *filters).out)
    rows = run("facets", field, *filters, "--format", "json").json
    assert sum(row["count"] for row in rows) >= total
    for row in rows[:8] + rows[-2:]:
        program, *line = shlex.split(row["command"])
        assert program == "archive"
        assert len(run(*line, "--format", "ids").lines) == row["count"], row


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
def test_kinds_add_up(run: Run, filters: list[str]) -> None:
    rows = run("facets", "kind", *filters, "--format", "json").json
    assert sum(row["count"] for row in rows) == int(run("count", *filters).out)


def test_values_are_those_of_count(run: Run) -> None:
    for field in FIELDS:
        rows = run("facets", field, "--format", "json").json
        counted = run("count", "--by", field, "--format", "json").json
        assert [(row["value"], row["count"]) for row in rows] == [(row[field], row["count"]) for row in counted]


def test_a_pipe_gets_every_value_of_the_usual_fields(run: Run) -> None:
    lines = run("facets").lines
    assert {line.split()[0] for line in lines} == {
        "year",
        "country",
        "involving",
        "city",
        "kind",
        "topic",
        "body",
        "person",
    }
    assert len(lines) == sum(len(run("count", "--by", field).lines) for field in {line.split()[0] for line in lines})


def test_a_terminal_gets_the_first_and_is_told_how_to_get_the_rest(screen: Terminal) -> None:
    shown = screen("facets", "topic", "-n", "3")
    assert "31 more: archive facets topic --limit 0" in shown.out
    assert len(screen("facets", "topic", "-n", "0").lines) == len(shown.lines) + 31 - 1


def test_what_names_no_field_is_a_word(run: Run) -> None:
    counted = run("count", "corruption", "--by", "topic", "--format", "json").json
    rows = run("facets", "topic", "corruption", "--format", "json").json
    assert [row["count"] for row in rows] == [row["count"] for row in counted]


def test_without_values_events_stand_under_none(run: Run, tmp_path: Path) -> None:
    catalogue = tmp_path / "events.yaml"
    catalogue.write_text("events:\n  - {id: 2001-a, title: A thing, start: 2001}\n")
    (row,) = run("facets", "topic", "--format", "json", "--catalogue", str(catalogue)).json
    assert (row["value"], row["count"], row["percent"]) == (None, 1, 100.0)
    assert shlex.split(row["command"]) == ["archive", "list", "--topic", "(none)", "--catalogue", str(catalogue)]
    assert run(*shlex.split(row["command"])[1:], "--format", "ids").lines == ["2001-a"]
