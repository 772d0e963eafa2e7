"""``archive timeline``: a row for every event, a number for every period, and no silence unmarked."""

from pathlib import Path

import pytest

from conftest import Run, Terminal

FILTERS: tuple[list[str], ...] = ([], ["--country", "serbia"], ["corruption"], ["--from", "2009-10", "--to", "2010-02"])


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
def test_every_event_has_a_row_oldest_first(run: Run, filters: list[str]) -> None:
    rows = run("timeline", *filters, "--format", "json").json
    assert len(rows) == int(run("count", *filters).out) == len(run("timeline", *filters).lines)
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
@pytest.mark.parametrize("period", ["year", "quarter", "month"])
@pytest.mark.parametrize("field", ["kind", "topic", "person"])
def test_a_histogram_agrees_with_count(run: Run, period: str, field: str, filters: list[str]) -> None:
    rows = run("timeline", "--by", period, "--colour-by", field, *filters, "--format", "json").json
    counted = {row[period]: row["count"] for row in run("count", "--by", period, *filters, "--format", "json").json}
    if "--from" not in filters:  # a histogram ends where the time that was asked for ends
        assert {row[period]: row["count"] for row in rows if row["count"]} == counted
    for row in rows:
        assert row["count"] == counted.get(row[period], 0) == sum(row[f"by_{field}"].values())


def test_no_period_is_left_out(run: Run) -> None:
    assert len(run("timeline", "--by", "month").lines) == 4 * 12 + 1
    assert len(run("timeline", "--by", "quarter").lines) == 4 * 4 + 1


def test_silent_months_are_told(run: Run) -> None:
    rows = {row["id"]: row["silent_months"] for row in run("timeline", "--format", "json").json}
    assert rows["2012-12-04-selec-memorandum"] == 23
    assert rows["2010-10-04-organised-crime-conference"] == 3
    assert sum(rows.values()) == 1 + 1 + 1 + 3 + 23


def test_a_sheet_has_a_column_for_each_group(run: Run) -> None:
    heading = run("timeline", "--by", "year", "--format", "csv").lines[0].split(",")
    assert heading[:3] == ["year", "count", "Workshop"]
    assert heading[-1] == "other"


@pytest.mark.parametrize("line", ["--by week", "--colour-by colour", "--by"])
def test_what_does_not_exist_is_refused(run: Run, line: str) -> None:
    result = run("timeline", *line.split())
    assert (result.code, result.out) == (2, "")


def test_american_spelling_too(run: Run) -> None:
    assert run("timeline", "--color-by", "topic").out == run("timeline", "--colour-by", "topic").out


def many(path: Path, events: int) -> Path:
    lines = ["events:"]
    for number in range(events):
        day = f"{1950 + number // 100}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        lines.append(f"  - {{id: {day}-e{number}, title: Event {number}, start: {day}}}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_pipe_never_aggregates(run: Run, tmp_path: Path) -> None:
    catalogue = many(tmp_path / "many.yaml", 1000)
    assert len(run("timeline", "--catalogue", str(catalogue)).lines) == 1000


def test_a_terminal_aggregates_and_says_so(screen: Terminal, tmp_path: Path) -> None:
    catalogue = many(tmp_path / "many.yaml", 1000)
    shown = screen("timeline", "--catalogue", str(catalogue))
    assert "1,000 events are too many for a bar each (at most 200): counted by quarter here." in shown.out.replace(
        "\n", " "
    )


def test_a_terminal_names_every_event_and_every_long_silence(screen: Terminal) -> None:
    shown = screen("timeline", width=200).out
    assert "no events January 2011 – November 2012" in shown
    assert "July – September 2010" in shown
    for line in screen("list", "--format", "json").json:
        assert line["title"][:10] in shown, line["title"]
