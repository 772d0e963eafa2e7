"""``archive timeline``: a row for every event, and no long silence unmarked."""

import re
from pathlib import Path

import pytest

from conftest import Run, Terminal

FILTERS: tuple[list[str], ...] = ([], ["--country", "serbia"], ["corruption"], ["--from", "2009-10", "--to", "2010-02"])


@pytest.mark.parametrize("filters", FILTERS, ids=" ".join)
def test_every_event_has_a_row_oldest_first(run: Run, filters: list[str]) -> None:
    rows = run("timeline", *filters, "--format", "json").json
    assert len(rows) == int(run("count", *filters).out) == len(run("timeline", *filters).lines)
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)


def test_silent_months_are_told(run: Run) -> None:
    rows = {row["id"]: row["silent_months"] for row in run("timeline", "--format", "json").json}
    assert rows["2012-12-04-selec-memorandum"] == 23
    assert rows["2010-10-04-organised-crime-conference"] == 3
    assert sum(rows.values()) == 1 + 1 + 1 + 3 + 23


@pytest.mark.parametrize("line", ["--by month", "--color-by colour", "--color-by"])
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
    assert "1,000 events are too many to draw (at most 200): counted by quarter here" in shown.err
    assert shown.out.startswith("Quarter")


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_names_every_event_on_a_row_of_its_own(screen: Terminal, width: int) -> None:
    shown = screen("timeline", width=width)
    assert "no events Jan 2011 – Nov 2012" in shown.out
    assert "no events Jul – Sep 2010" in shown.out
    ids = [found[0] for line in shown.lines if (found := re.findall(r"  (\d{4}-\d\d-\d\d\S*) \w", line))]
    listed = [line.split()[0] for line in screen("list", "--reverse", "--format", "plain").lines]
    assert len(ids) == len(listed) == 38
    assert all(event_id.startswith(short) for short, event_id in zip(ids, listed, strict=True))


def test_years_with_few_events_share_an_axis(screen: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "few.yaml"
    path.write_text("events:\n" + "".join(f"  - {{id: e{y}, title: E, start: {y}}}\n" for y in range(1700, 1900, 10)))
    shown = screen("timeline", "--catalogue", str(path))
    assert shown.lines[0].split()[-5:] == ["1700", "–", "1890", "20", "events"]
    assert "1700" in shown.lines[0][:36]
