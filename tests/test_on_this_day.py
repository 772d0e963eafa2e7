"""``archive on-this-day``, and ``--today``."""

from pathlib import Path

from conftest import Run


def test_a_day_of_any_year(run: Run) -> None:
    ids = run("on-this-day", "--today", "2026-06-26", "--format", "ids").lines
    assert ids == run("list", "--on", "26-06", "--format", "ids").lines
    assert len(ids) == 3


def test_today_is_set_by_the_environment_too(run: Run) -> None:
    by_option = run("on-this-day", "--today", "26 june 2009")
    by_environment = run("on-this-day", ARCHIVE_TODAY="2011-06-26")
    assert by_option.out == by_environment.out != ""


def test_words_and_filters_narrow(run: Run) -> None:
    assert run(
        "on-this-day", "--today", "2026-06-26", "--city", "Belgrade", "--year", "2009", "--format", "ids"
    ).lines == ["2009-06-26-drug-day-belgrade"]


def test_an_empty_day_names_its_neighbours_and_how_to_see_them(run: Run) -> None:
    result = run("on-this-day", "--today", "2026-08-01")
    assert (result.code, result.out) == (0, "")
    assert "no event of 1 August" in result.err
    assert "21 July (archive list --on 21-07)" in result.err
    assert "2 September (archive list --on 02-09)" in result.err


def test_it_is_said_where_words_or_filters_exclude_events(run: Run) -> None:
    assert "no event mentions 'zzzz'" in run("on-this-day", "--today", "2026-06-26", "zzzz").err
    result = run("on-this-day", "--today", "2026-06-26", "--topic", "corruption")
    assert "no event of 26 June matches; without words and filters there are 3\n" in result.err


def test_the_year_is_a_ring(run: Run) -> None:
    err = run("on-this-day", "--today", "2026-12-31").err
    assert "16 December" in err
    assert "25 January" in err


def test_what_is_no_day_is_refused(run: Run) -> None:
    for typed in ("2010", "2010-06", "tomorrow", "2010-02-30"):
        result = run("on-this-day", "--today", typed)
        assert (result.code, result.out) == (2, ""), typed
        assert "--today" in result.err


CATALOGUE = """\
events:
  - {id: 2001-vague, title: Some time that year, start: 2001}
  - {id: 2001-06-26-exact, title: That day, start: 2001-06-26}
"""


def test_events_without_a_day_are_left_out_and_told(run: Run, tmp_path: Path) -> None:
    catalogue = tmp_path / "events.yaml"
    catalogue.write_text(CATALOGUE)
    result = run("on-this-day", "--today", "2026-06-26", "--format", "ids", "--catalogue", str(catalogue))
    assert result.lines == ["2001-06-26-exact"]
    assert "1 more are dated by month or year only: archive list --on 26-06" in result.err


def test_today_is_the_same_wherever_it_matters(run: Run, tmp_path: Path) -> None:
    catalogue = tmp_path / "events.yaml"
    catalogue.write_text("events:\n  - {id: 2009-06-26-a, title: A thing, start: 2009-06-26}\n")
    assert "2009" not in run("validate", str(catalogue)).out
    assert "2009-06-26" in run("validate", "--today", "2001-06-01", str(catalogue)).out
    assert "March 3, 2011" in run("cite", "2009-12-09", "--accessed", "today", ARCHIVE_TODAY="2011-03-03").out
