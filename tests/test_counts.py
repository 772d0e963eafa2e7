"""``archive count``: by a field, by two against each other, percentages, sums; the laws that hold between them."""

import csv
import io
from pathlib import Path

import pytest

from archivecli.cli.commands.count import GROUPINGS
from archivecli.core_schema import CORE
from conftest import Run

FILTERS: tuple[list[str], ...] = (
    [],
    ["--year", "2009"],
    ["--country", "serbia", "--year", "2009..2010"],
    ["corruption"],
)


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
@pytest.mark.parametrize("field", GROUPINGS)
def test_each_number_is_that_of_its_filter(run: Run, field: str, filters: list[str]) -> None:
    """Numbers by kind add up, for an event has one; those of years and months are counts of their own filters."""
    total = int(run("count", *filters).out)
    rows = run("count", "--by", field, *filters, "--format", "json").json
    assert sum(row["count"] for row in rows) >= total
    if field in ("year", "month"):
        for row in rows:
            query = [f"{field}:{row[field]}", *([filters[0]] if filters == ["corruption"] else [])]
            options = [] if filters == ["corruption"] else filters
            assert int(run("count", *query, *options).out) == row["count"]


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
@pytest.mark.parametrize(
    ("down", "across"), [("year", "kind"), ("topic", "country"), ("quarter", "month"), ("body", "year")]
)
def test_totals_of_a_table_are_the_counts_of_its_fields(run: Run, down: str, across: str, filters: list[str]) -> None:
    rows = run("count", "--by", down, "--by", across, *filters, "--format", "json").json
    for field, other in ((down, across), (across, down)):
        totals = {row[field]: row["count"] for row in rows if row[other] == "(all)" and row[field] != "(all)"}
        assert totals == {
            row[field]: row["count"] for row in run("count", "--by", field, *filters, "--format", "json").json
        }
    (all_,) = (row["count"] for row in rows if row[down] == row[across] == "(all)")
    assert all_ == int(run("count", *filters).out)


def test_cells_are_the_counts_of_both_filters(run: Run) -> None:
    for row in run("count", "--by", "year", "--by", "country", "--format", "json").json:
        if "(all)" in row.values():
            continue
        country = row["country"] or "(none)"
        assert int(run("count", "--year", row["year"], "--country", country).out) == row["count"], row


def test_the_two_orders_of_a_table_hold_the_same(run: Run) -> None:
    def cells(*by: str) -> set[tuple[object, ...]]:
        rows = run("count", "--by", by[0], "--by", by[1], "--format", "json").json
        return {(row["topic"], row["year"], row["count"]) for row in rows}

    assert cells("year", "topic") == cells("topic", "year")


def test_a_sheet_is_the_table_itself(run: Run) -> None:
    sheet = list(csv.reader(io.StringIO(run("count", "--by", "year", "--by", "kind", "--format", "csv").out)))
    heading, *body, last = sheet
    assert heading[0] == "year"
    assert heading[-1] == last[0] == "(all)"
    for row in (*body, last):
        assert sum(map(int, row[1:-1])) == int(row[-1])  # an event has one kind
    assert [sum(int(row[place]) for row in body) for place in range(1, len(heading))] == list(map(int, last[1:]))


def test_percent_is_of_all_events(run: Run) -> None:
    rows = run("count", "--by", "kind", "--percent", "--format", "json").json
    assert sum(row["percent"] for row in rows) == pytest.approx(100, abs=0.5)
    assert rows[0] == {"kind": "Workshop", "count": 9, "percent": 23.7}
    cells = run("count", "--by", "kind", "--by", "year", "--percent", "--format", "json").json
    assert all(row["percent"] == round(100 * row["count"] / 38, 1) for row in cells)


def test_a_sum_says_what_it_holds(run: Run) -> None:
    result = run("count", "--sum", "participants.count", "--format", "json")
    assert result.json == [{"sum": 191, "numbers": 3, "stated_by": 3, "count": 38}]
    assert "3 of 38 events state participants.count; the other 35 are in no sum" in result.err


def test_sums_by_a_field_add_up(run: Run) -> None:
    rows = run("count", "--sum", "participants.count", "--by", "kind", "--format", "json").json
    assert sum(row["sum"] for row in rows) == 191
    assert sum(row["count"] for row in rows) == 38


def test_units_are_kept_apart_and_percentages_not_added(run: Run) -> None:
    rows = {row["unit"]: row for row in run("count", "--sum", "figures.value", "--format", "json").json}
    assert (rows["EUR"]["sum"], rows["USD"]["sum"]) == (400000, 1500000)
    assert rows["%"]["sum"] is None
    assert "a range" in run("count", "--sum", "figures.value").err


def test_days_are_those_of_the_calendar(run: Run) -> None:
    rows = run("count", "--sum", "days", "--year", "2010", "--format", "json").json
    assert rows[0]["sum"] == 2 + 3 + 4 + 2 + 1 + 3 + 3 + 1 + 2 + 1


@pytest.mark.parametrize("measure", CORE.numbers)
def test_every_number_can_be_added_up(run: Run, measure: str) -> None:
    assert run("count", "--sum", measure, "--by", "year").code == 0


@pytest.mark.parametrize(
    "line",
    [
        "--by colour",
        "--by year --by kind --by topic",
        "--by year --by year",
        "--sum participants",
        "--percent",
        "--sum days --percent",
        "--output nowhere.xyz",
        "--force",
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, line: str) -> None:
    result = run("count", *line.split())
    assert (result.code, result.out) == (2, "")


def test_a_table_goes_into_a_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "table.md"
    result = run("count", "--by", "year", "--by", "kind", "--output", str(target))
    assert result.out == ""
    assert target.read_text().splitlines()[1].startswith("| --- | ---: |")
    assert target.read_text().splitlines()[-1].startswith("| (all) | 9 |")
