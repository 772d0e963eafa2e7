"""What people type, and what they get: on the shipped archive, and on a catalogue in another field."""

from pathlib import Path

import pytest

from conftest import ROOT, Run

OBSERVATORY = str(ROOT / "tests" / "data" / "observatory.yaml")


def first(run: Run, *words: str) -> str:
    found = run("search", "-f", "ids", *words).lines
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("words", "event"),
    [
        ("kapitan andreevo", "2009-04-13-kapitan-andreevo-visit"),
        ("memorandum SELEC", "2012-12-04-selec-memorandum"),
        ("119 participants", "2009-12-09-uncac-conference"),
        ("400.000 euro", "2010-03-31-alb-g70-launch"),
        ("€400,000", "2010-03-31-alb-g70-launch"),
        ("Hido Biščević", "2009-05-21-rcc-memorandum"),
        ("hido biscevic", "2009-05-21-rcc-memorandum"),
        ("minister Milosavlevic 2009", "2009-06-26-drug-day-belgrade"),
        ("modern slavery", "2009-03-05-blue-heart-launch"),
        ("financial intelligence unit", "2009-11-09-fiu-analysts-training"),
        ("e-learning", "2010-02-18-cbt-workshop"),
        ("fake goods", "2010-06-09-counterfeiting-workshop"),
        ("summer school bucharest", "2009-07-21-summer-school"),
        ("who signed the agreement with the RCC?", "2009-05-21-rcc-memorandum"),
        ("title:juvenile 2010", "2010-10-12-juvenile-justice-workshop"),
        ('"proceeds of crime" -tirana france', "2010-11-29-proceeds-of-crime-workshop"),
        ("country:kosovo", "2009-12-02-kosovo-mission"),
        ("colombia", "2009-11-24-trafficking-guidelines-conference"),
    ],
)
def test_the_right_event_comes_first(run: Run, words: str, event: str) -> None:
    assert first(run, words) == event


@pytest.mark.parametrize(
    "words", ["climate change", "Tirana 2011", "fraud in elections", "World Trade Organization", "football"]
)
def test_silence_where_there_is_no_answer(run: Run, words: str) -> None:
    result = run("search", words)
    assert (result.code, result.out) == (0, "")
    assert "no event matches" in result.err


def test_a_correction_is_told_and_can_be_forbidden(run: Run) -> None:
    told = run("search", "corupton")
    assert "no event mentions 'corupton'; searched for corruption" in told.err
    assert told.lines
    forbidden = run("search", "corupton", "--exact")
    assert (forbidden.out, forbidden.code) == ("", 0)
    assert "no event mentions 'corupton'" in forbidden.err


def test_a_known_word_is_never_corrected(run: Run) -> None:
    assert "searched for" not in run("search", "heart").err


@pytest.mark.parametrize(
    ("words", "events"),
    [
        ("26 june", 3),
        ("june 26 2009", 2),
        ("september 2009", 3),
        ("summer 2009", 3),
        ("2009-12", 7),
        ("october to december 2010", 4),
        ("2008", 1),
        ("before 2009", 1),
        ("first quarter of 2010", 3),
        ("from:2009-10 to:2010-03", 19),
        ("year:2009..2010", 36),
        ("month:june year:2010", 2),
    ],
)
def test_dates_act_as_dates(run: Run, words: str, events: int) -> None:
    assert len(run("search", words, "-f", "ids").lines) == events


def test_a_date_in_quotes_is_text(run: Run) -> None:
    found = run("search", '"2009-2011"', "-f", "ids").lines
    assert "2010-12-08-uncac-review-workshop" in found
    assert len(found) < 38


def test_a_range_that_no_event_overlaps_is_looked_for_as_text(run: Run) -> None:
    assert first(run, "anti-drug strategy 2011-2016") == "2010-06-26-drug-day"


@pytest.mark.parametrize(
    "line", ["search from:2022 to:2021", "search to:2021 --from 2022", "count from:2022 --to 2021"]
)
def test_a_range_that_runs_backwards_is_refused_wherever_its_ends_are_typed(run: Run, line: str) -> None:
    result = run(*line.split())
    assert (result.code, result.out) == (2, "")
    assert "2022 is after" in result.err


def test_options_and_query_fields_are_one_thing(run: Run) -> None:
    by_option = run("search", "workshop", "--country", "bulgaria", "--year", "2009", "-f", "ids").out
    by_field = run("search", "workshop country:bulgaria year:2009", "-f", "ids").out
    assert by_option == by_field != ""


def test_or_not_and_brackets(run: Run) -> None:
    every = set(run("search", "heroin OR piracy", "-f", "ids").lines)
    assert every == set(run("search", "heroin", "-f", "ids").lines) | set(run("search", "piracy", "-f", "ids").lines)
    less = set(run("search", "(heroin OR piracy) NOT piracy", "-f", "ids").lines)
    assert less == every - set(run("search", "piracy", "-f", "ids").lines)


def test_partial_matches_are_marked(run: Run) -> None:
    found = run("search", "basketball tournament sofia minister unicorn", "-f", "json").json
    assert found
    assert all(event["hit"]["partial"] for event in found)
    assert found[0]["id"] == "2009-06-26-drug-day-sofia"


def test_nothing_found_says_what_a_filter_costs(run: Run) -> None:
    said = run("search", "corruption", "--country", "serbia", "--year", "2012").err
    assert "without --country serbia" not in said
    assert run("search", "heroin", "--year", "2008").err.count("without") == 1


def test_explain(run: Run) -> None:
    result = run("search", "kids sofia summer 2009", "--explain", "-f", "ids")
    assert result.lines[0] == "2009-06-26-drug-day-sofia"
    for piece in ("word: kids", "by the thesaurus", "filter: summer 2009", "weights: title", "score"):
        assert piece in result.err


def test_sort_and_limit(run: Run) -> None:
    everything = run("search", "trafficking", "-f", "ids").lines
    assert run("search", "trafficking", "-f", "ids", "--limit", "3").lines == everything[:3]
    assert run("search", "trafficking", "-f", "ids", "--reverse").lines == everything[::-1]
    by_date = run("search", "trafficking", "-f", "ids", "--sort", "date").lines
    assert by_date == sorted(by_date, reverse=True)
    assert set(by_date) == set(everything)


def test_related_events_and_their_reasons(run: Run) -> None:
    found = run("related", "2009-12-14", "-f", "json").json
    assert found[0]["id"] == "2009-10-21-asset-recovery-seminar"
    assert any("Erik Larson" in reason for reason in found[0]["hit"]["reasons"])
    assert "2009-12-14-corruption-investigations-training" not in [event["id"] for event in found]


@pytest.mark.parametrize(
    ("words", "event"),
    [
        ("telescope", "1986-03-comet"),
        ("olafur thorsson", "1986-03-comet"),
        ("Đurić", "2003-06-18-cepheid"),
        ("goggles", "1999-08-11-eclipse"),
        ("shooting stars", "2010-perseids"),
        ("FHO", "1999-08-11-eclipse"),
        ("royal astronomical office", "2003-06-17-dome"),
        ("eclipce", "1999-08-11-eclipse"),
        ("march 1986", "1986-03-comet"),
        ("summer 2003 fixing", "2003-06-17-dome"),
        ("1204 meteors", "2010-perseids"),
        ("412 visitors", ""),
        ("corruption", ""),
    ],
)
def test_another_field(run: Run, words: str, event: str) -> None:
    found = run("--catalogue", OBSERVATORY, "search", "-f", "ids", words).lines
    assert (found[0] if found else "") == event


def test_a_word_too_common_to_rank_is_said_to_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import archivecli.search.rank as engine

    every = run("search", "trafficking", "-f", "ids").lines
    narrow = run("search", "trafficking facebook", "-f", "ids").lines
    monkeypatch.setattr(engine, "BROAD", 5)
    bounded = run("search", "trafficking", "-f", "ids", "--limit", "3")
    assert f"{len(every)} events match, too many to rank" in bounded.err
    assert set(bounded.lines) <= set(every)
    assert run("search", "trafficking", "-f", "ids").lines == every
    assert run("search", "trafficking facebook", "-f", "ids", "--limit", "3").lines == narrow
    assert run("count", "trafficking").out == f"{len(every)}\n"


@pytest.mark.parametrize("typed", [["corruption", "-sofia"], ["corruption -sofia"], ["corruption", "NOT", "sofia"]])
def test_an_unwanted_word(run: Run, typed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # "-o fia" would write there
    result = run("search", *typed, "-fids")
    assert "2009-03-30-high-level-conference" in result.lines
    assert "2009-12-09-uncac-conference" not in result.lines
    assert run("count", *typed).out == f"{len(result.lines)}\n"
    assert not list(tmp_path.iterdir())
