"""A town's chronicle of three centuries, its dates as vague as its sources: what is said of it, and what leads on."""

import re
import shlex
from pathlib import Path

import pytest

from conftest import Run, Terminal

CHRONICLE = """
catalogue: {title: Chronicle of Hollenbach}
events:
  - {id: 1680-great-fire, title: The great fire, start: 1680, topics: [fire]}
  - {id: 1710-03-plague, title: Plague in the mill quarter, start: 1710-03, end: 1711-02, people: [{name: Anna Müller}]}
  - {id: 1848-03-20-assembly, title: Citizens demand a council, start: 1848-03-20, people: [{name: Anna Müller}]}
  - {id: 1990-10-03-bells, title: Bells at midnight, start: 1990-10-03}
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.yaml"
    path.write_text(CHRONICLE, encoding="utf-8")
    return path


def test_the_period_is_as_precise_as_its_dates(run: Run, town: Path) -> None:
    assert "4 events, 1680 – 3 Oct 1990" in run(ARCHIVE_CATALOGUE=str(town)).out
    assert "1680 – 3 Oct 1990" in run("info", "--catalogue", str(town)).out


def test_what_the_greeting_suggests_works_when_typed(run: Run, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["archive", "--catalogue", str(town)])
    monkeypatch.setenv("ARCHIVE_CATALOGUE", "")
    lines = run("--catalogue", str(town)).out.splitlines()
    commands = [re.split(r" {2,}", line.strip())[0] for line in lines if line.startswith("  archive ")]
    monkeypatch.delenv("ARCHIVE_CATALOGUE", raising=False)
    assert len(commands) == 5
    for command in commands:
        result = run(*shlex.split(command)[1:])
        assert (result.code, result.err) == (0, ""), command
        assert result.out
    assert "1680-great-fire" in run(*shlex.split(commands[0])[1:]).out


def test_a_card_leads_on_in_its_own_catalogue(screen: Terminal, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(town.parent)
    card = screen("show", "1710", "--catalogue", "town.yaml").out
    assert "earlier archive show 1680 --catalogue town.yaml " in card


def test_a_long_path_leaves_room_for_titles(screen: Terminal, town: Path) -> None:
    longer = town.with_name("a chronicle with a name that leaves no room for anything else.yaml")
    town.rename(longer)
    card = screen("show", "1710", "--catalogue", str(longer)).out
    assert re.search(r"earlier archive show 1680 +The great fire", card)
    assert f"each with --catalogue {shlex.quote(str(longer))}" in " ".join(card.split())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("list --year 1720", "the nearest events are of Mar 1710 – Feb 1711 and 20 Mar 1848"),
        ("count 1999", "the nearest event is of 3 Oct 1990"),
        ("search 1500", "no event mentions '1500'"),
        ("count comet", "no event mentions 'comet'"),
        ("facets comet", "no event mentions 'comet'"),
        ("calendar comet", "no event mentions 'comet'"),
        ("timeline comet", "no event mentions 'comet'"),
    ],
)
def test_nothing_found_has_a_reason(run: Run, town: Path, args: str, said: str) -> None:
    result = run(*args.split(), "--catalogue", str(town))
    assert result.code == 0
    assert said in result.err


def test_an_event_without_a_link_says_where_to_look(run: Run, town: Path) -> None:
    error = run("open", "1680", "--catalogue", str(town)).err
    assert f"archive show 1680 --catalogue {town}" in error


def test_words_that_a_command_does_not_take(run: Run) -> None:
    assert run("list", "extra").err.startswith("archive: list takes no words: 'extra'\n")
    assert "--limit: -1 is too small: 0 is the least" in run("list", "--limit", "-1").err


def test_a_path_that_is_not_there(run: Run) -> None:
    assert "--catalogue" not in run("validate", "nowhere.yaml").err


def test_a_name_of_the_vocabulary_that_no_event_has_is_said_to_be_one(run: Run, town: Path) -> None:
    town.write_text("vocabulary: {countries: {hx: {name: Holland, also: [Hollandia]}}}\n" + CHRONICLE, encoding="utf-8")
    result = run("list", "--country", "hollandia", "--catalogue", str(town))
    assert (result.code, result.out) == (0, "")
    assert f"no event has the country hollandia: 'archive count --by country --catalogue {town}' lists" in result.err


def test_what_events_share_is_one_or_several(run: Run) -> None:
    text = run("related", "2009-12-14", "-f", "json").out
    assert '"same topics: Corruption, Judicial cooperation"' in text
    assert '"same country: Montenegro"' in text
    assert '"same person: Erik Larson"' in text


def test_a_city_brings_its_country(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "towns.yaml"
    path.write_text(
        "vocabulary:\n  countries: {nl: Hollandia}\n  cities: {x: {name: Xanten, country: nl}}\n"
        "events:\n  - {id: 1700-fair, title: A fair, start: 1700, places: [{city: x, note: by the river}]}\n",
        encoding="utf-8",
    )
    found = run("list", "--catalogue", str(path), "--country", "hollandia", "-f", "json").json
    assert found[0]["places"] == [{"city": "Xanten", "country": "Hollandia", "note": "by the river"}]
