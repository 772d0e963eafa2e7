"""``archive calendar``: its numbers are those of ``count``, and its weeks hold every day of every event."""

from pathlib import Path
from typing import Any

import pytest

from conftest import Run

FILTERS: tuple[list[str], ...] = ([], ["--country", "serbia"], ["corruption"], ["--from", "2009-10", "--to", "2010-02"])
MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
def test_years_and_months_are_the_counts_of_their_filters(run: Run, filters: list[str]) -> None:
    rows = run("calendar", *filters, "--format", "json").json
    years = {row["year"]: row["number"] for row in by(run, "year", filters)}
    months = {row["month"]: row["number"] for row in by(run, "month", filters)}
    assert {row["year"]: row["count"] for row in rows if row["count"]} == years
    shown = {f"{row['year']}-{at:02d}": row[name] for row in rows for at, name in enumerate(MONTHS, 1) if row[name]}
    assert shown == {month: number for month, number in months.items() if within(month, filters)}


def by(run: Run, field: str, filters: list[str]) -> list[dict[str, Any]]:
    rows = run("count", "--by", field, *filters, "--format", "json").json
    return [{field: row[field], "number": row["count"]} for row in rows]


def within(month: str, filters: list[str]) -> bool:
    return "--from" not in filters or "2009-10" <= month <= "2010-02"


def test_the_first_row_is_the_newest_year_and_none_is_left_out(run: Run) -> None:
    assert [line.split()[0] for line in run("calendar").lines] == ["2012", "2011", "2010", "2009", "2008"]


def test_a_cell_is_what_list_shows_for_the_month(run: Run) -> None:
    (row,) = run("calendar", "2009", "--format", "json").json
    for at, name in enumerate(MONTHS, 1):
        assert row[name] == len(run("list", "--month", f"2009-{at:02d}").lines)


@pytest.mark.parametrize("filters", FILTERS[:3], ids=" ".join)
def test_days_hold_every_event(run: Run, filters: list[str]) -> None:
    rows = run("calendar", "--days", *filters, "--format", "json").json
    assert len({row["id"] for row in rows}) == int(run("count", *filters).out)
    assert rows == sorted(rows, key=lambda row: (row["day"], row["id"]))


def test_a_day_is_what_list_shows_for_it(run: Run) -> None:
    rows = run("calendar", "2009", "--days", "--format", "json").json
    for day in ("2009-12-09", "2009-10-02", "2009-11-30"):
        found = {row["id"] for row in rows if row["day"] == day}
        assert found == set(run("list", "--on", day, "--format", "ids").lines)


def test_years_are_alternatives(run: Run) -> None:
    assert run("calendar", "2008", "2012", "--days", "--format", "csv").out.count("\n") == 3


def test_days_outside_the_time_asked_for_are_left_out(run: Run) -> None:
    rows = run("calendar", "--month", "2009-12", "--days", "--format", "json").json
    assert {row["day"][:7] for row in rows} == {"2009-12"}


def test_nothing_is_said_to_be_nothing(run: Run) -> None:
    result = run("calendar", "2011")
    assert (result.code, result.out) == (0, "")
    assert "no event matches" in result.err


CATALOGUE = """\
events:
  - {id: 1907-first, title: A year, start: 1907}
  - {id: 1907-03-second, title: A month, start: 1907-03}
  - {id: 1908-12-30-third, title: Over the year, start: 1908-12-30, end: 1909-01-02}
"""


def test_vague_dates_stand_where_they_may_belong(run: Run, tmp_path: Path) -> None:
    catalogue = tmp_path / "events.yaml"
    catalogue.write_text(CATALOGUE)
    rows = run("calendar", "--format", "json", "--catalogue", str(catalogue)).json
    assert [row["count"] for row in rows] == [1, 1, 2]
    assert (rows[2]["mar"], rows[2]["apr"]) == (2, 1)
    days = run("calendar", "--days", "--format", "json", "--catalogue", str(catalogue)).json
    assert [row["day"] for row in days] == ["1907", "1907-03", "1908-12-30", "1908-12-31", "1909-01-01", "1909-01-02"]
