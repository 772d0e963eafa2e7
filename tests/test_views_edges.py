"""Views at their edges: any width, the first and the last year there is, no events, names that are no letters."""

from pathlib import Path

import pytest

from conftest import Run, Terminal

VIEWS = (
    "calendar",
    "calendar --days",
    "timeline",
    "timeline --color-by topic",
    "facets",
    "facets quarter month topic",
    "count --by topic --by year",
    "count --by quarter --percent",
    "count --sum figures.value --by year --by kind",
    "on-this-day --today 2009-06-26",
)

EXTREMES = """\
events:
  - {id: 0001-01-01-first, title: The first day, start: 0001-01-01}
  - {id: 0999-lasting, title: Through the ages, start: 0999, end: 1010}
  - {id: 1900-02-leap, title: Not a day, start: 1900-02}
  - {id: 9999-12-30-last, title: The last day, start: 9999-12-30, end: 9999-12-31}
"""

ODD_NAMES = """\
vocabulary:
  topics: {a: "???", b: "(none)", c: "--year", d: "[bold]x[/]", e: "'; rm -rf ~", f: "same", g: "Same"}
events:
  - {id: 2009-06-26-a, title: "\\e[31mred", start: 2009-06-26, topics: [a, b, c, d, e, f, g]}
  - {id: 2009-06-27-b, title: "[/] :smile:", start: 2009-06-27, topics: [f]}
"""


def kept(folder: Path, contents: str) -> str:
    path = folder / "events.yaml"
    path.write_text(contents, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [20, 37, 500])
def test_any_width_will_do(screen: Terminal, view: str, width: int) -> None:
    assert screen(*view.split(), width=width).code == 0


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("filters", [[], ["--from", "0500"], ["--year", "1005"], ["--to", "1900"]], ids=" ".join)
def test_the_first_and_the_last_year(run: Run, screen: Terminal, tmp_path: Path, view: str, filters: list[str]) -> None:
    catalogue = kept(tmp_path, EXTREMES)
    for answer in (
        screen(*view.split(), *filters, "--catalogue", catalogue),
        run(*view.split(), *filters, "--catalogue", catalogue),
    ):
        assert answer.code == 0


@pytest.mark.parametrize("view", VIEWS)
def test_no_events_are_no_rows_and_a_word_about_it(run: Run, screen: Terminal, tmp_path: Path, view: str) -> None:
    catalogue = kept(tmp_path, "events: []\n")
    for answer in (screen(*view.split(), "--catalogue", catalogue), run(*view.split(), "--catalogue", catalogue)):
        assert answer.code == 0
        assert answer.err.strip()
    assert run(*view.split(), "--catalogue", catalogue, "--fail-if-empty").code == 1
    rows = run(*view.split(), "--catalogue", catalogue, "--format", "json").json
    assert not any(row["count"] for row in rows)  # a table has its total even then


@pytest.mark.parametrize("view", VIEWS)
def test_names_that_are_no_words(run: Run, screen: Terminal, tmp_path: Path, view: str) -> None:
    catalogue = kept(tmp_path, ODD_NAMES)
    shown = screen(*view.split(), "--catalogue", catalogue)
    assert shown.code == 0
    assert "\x1b[31m" not in shown.out
    assert run(*view.split(), "--catalogue", catalogue, "--format", "csv").code == 0


def test_a_name_that_cannot_be_typed_has_no_command(run: Run, tmp_path: Path) -> None:
    rows = run("facets", "topic", "--format", "json", "--catalogue", kept(tmp_path, ODD_NAMES)).json
    assert {row["value"] for row in rows if row["command"] is None} >= {"???", "same", "Same"}
