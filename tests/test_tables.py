"""Tables for people keep their columns, whatever the width of the terminal and of the letters."""

from pathlib import Path

import pytest
from rich.cells import cell_len

from conftest import Terminal

WIDTHS = (60, 80, 120, 200)

TITLES = {
    "latin": "A title of ordinary letters that is long enough to be broken at most of the widths that we try here",
    "wide": "国際会議：薬物と犯罪に関する地域協力の強化について、各国の専門家が参加した会議の記録と報告書",
    "combining": "Ko\u0301nfe\u0301re\u0301nce re\u0301gionale\u0301 de coo\u0301pe\u0301ration " * 3,
    "right-to-left": "مؤتمر إقليمي حول التعاون القضائي ومكافحة الجريمة المنظمة في جنوب شرق أوروبا 2009",
    "emoji": "Launch 🚀 of the 🇧🇬 campaign ❤️ with 👩‍👩‍👧 families and a great many more people 🎉",
    "unbroken": "x" * 150,
}

CATALOGUE = """\
vocabulary:
  kinds: {workshop: Workshop}
  countries: {serbia: Serbia}
  cities: {belgrade: Belgrade}
  topics: {wide: 国際会議と薬物と犯罪に関する地域協力, rtl: مكافحة الجريمة المنظمة}
events:
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> str:
    lines = [CATALOGUE]
    for day, (name, title) in enumerate(TITLES.items(), 1):
        lines.append(
            f"  - id: 2009-12-{day:02d}-{name}\n    title: {title!r}\n    kind: workshop\n    start: 2009-12-{day:02d}\n"
            f"    end: 2009-12-{day + 3:02d}\n    places: [{{city: belgrade, country: serbia}}]\n"
            f"    topics: [{'wide' if day % 2 else 'rtl'}]\n"
        )
    path = tmp_path / "events.yaml"
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "line",
    [
        "list",
        "search workshop belgrade",
        "show 2009-12-02",
        "show 2009-12-04",
        "count --by topic",
        "count --by topic --by kind",
        "count --by kind --by topic",
        "calendar",
        "calendar --days",
        "timeline",
        "timeline --color-by topic",
        "facets",
        "on-this-day --today 2009-12-03",
    ],
)
def test_nothing_is_wider_than_the_terminal(screen: Terminal, catalogue: str, line: str, width: int) -> None:
    shown = screen(*line.split(), "--catalogue", catalogue, width=width)
    assert shown.code == 0
    assert len(shown.lines) > 2
    for row in shown.lines:
        assert cell_len(row) <= width, row


@pytest.mark.parametrize("width", [120, 200])
def test_columns_stand_below_each_other(screen: Terminal, catalogue: str, width: int) -> None:
    shown = screen("list", "--catalogue", catalogue, width=width).lines
    places = {cell_len(row[: row.index("Belgrade")]) for row in shown if "Belgrade" in row}
    kinds = {cell_len(row[: row.index("Workshop")]) for row in shown if "Workshop" in row}
    assert len(places) == len(kinds) == 1


def test_bars_of_days_stand_below_their_days(screen: Terminal, catalogue: str) -> None:
    shown = screen("calendar", "--days", "--catalogue", catalogue).lines
    heading = next(row for row in shown if row.startswith("Mo"))
    first = next(row for row in shown if "2009-12-01" in row)
    assert first.index("▄") == heading.index("Tu")  # 1 December 2009 was a Tuesday


@pytest.mark.parametrize("width", [40, *WIDTHS])
def test_titles_are_whole_at_any_width(screen: Terminal, width: int) -> None:
    title = "Conference to Finalize Guidelines on International Legal Cooperation Instruments"
    shown = iter(screen("list", "--month", "2009-11", width=width).out.split())
    assert all(word in shown for word in title.split())  # one after the other, other columns between them


@pytest.mark.parametrize("width", [60, 120])
@pytest.mark.parametrize(
    "line", ["list", "list --fields title,topics,id", "show 2009-12-02", "search workshop", "facets topic"]
)
def test_width_is_that_of_the_ascii_that_is_printed(screen: Terminal, catalogue: str, line: str, width: int) -> None:
    shown = screen("--catalogue", catalogue, *line.split(), width=width, ascii_only=True)
    assert shown.code == 0
    assert shown.out.isascii()
    assert max(map(len, shown.lines)) <= width
    framed = [len(one.rstrip()) for one in shown.lines if one.startswith(("|", "+-"))]
    assert len(set(framed)) <= 1


def test_plain_columns_are_straight_in_ascii_too(screen: Terminal, catalogue: str) -> None:
    for line in (["list", "--fields", "title,id"], ["facets", "topic"]):
        shown = screen("--catalogue", catalogue, *line, "-f", "plain", ascii_only=True)
        assert shown.out.isascii()
        columns = {one.rindex("  ") for one in shown.lines}
        assert len(columns) == 1, shown
