"""The four commands on the shipped archive."""

from conftest import Run


def test_list_and_count_agree(run: Run) -> None:
    assert len(run("list").lines) == 38
    assert run("count").out == "38\n"


def test_years(run: Run) -> None:
    assert len(run("list", "--year", "2009").lines) == 26
    assert len(run("list", "--year", "2010").lines) == 10
