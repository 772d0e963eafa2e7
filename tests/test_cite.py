"""``archive cite``: what the style guides would accept, with what is known and nothing more."""

from pathlib import Path

import pytest

from archivecli.events import Event
from archivecli.render.citation import STYLES, Reference, reference
from conftest import Run


def cited(style: str, accessed: str = "", **known: str | bool) -> str:
    base = Reference("x", "Office of Things", "A meeting", "News", 3, "2009-12-09", "", False, "")
    return "".join(span.text for span in STYLES[style](base._replace(**known), accessed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("chicago", "Office of Things. “A meeting.” News. December 9, 2009."),
        ("apa", "Office of Things. (2009, December 9). A meeting. News."),
        ("mla", "“A meeting.” News, Office of Things, 9 Dec. 2009."),
    ],
)
def test_what_is_known(style: str, expected: str) -> None:
    assert cited(style) == expected


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("chicago", "Office of Things. “A meeting.” News. December 9, 2009. Accessed November 3, 2026. http://x.org/."),
        (
            "apa",
            "Office of Things. (2009, December 9). A meeting. News. Retrieved November 3, 2026, from http://x.org/",
        ),
        ("mla", "“A meeting.” News, Office of Things, 9 Dec. 2009, http://x.org/. Accessed 3 Nov. 2026."),
    ],
)
def test_address_and_day_of_access(style: str, expected: str) -> None:
    assert cited(style, "2026-11-03", url="http://x.org/") == expected


@pytest.mark.parametrize(
    ("start", "end", "chicago", "apa", "mla"),
    [
        ("2010-12-08", "2010-12-09", "December 8–9, 2010", "2010, December 8–9", "8–9 Dec. 2010"),
        (
            "2010-11-29",
            "2010-12-01",
            "November 29–December 1, 2010",
            "2010, November 29–December 1",
            "29 Nov.–1 Dec. 2010",
        ),
        (
            "2009-12-30",
            "2010-01-02",
            "December 30, 2009–January 2, 2010",
            "2009, December 30–2010, January 2",
            "30 Dec. 2009–2 Jan. 2010",
        ),
        ("2009-10", "", "October 2009", "2009, October", "Oct. 2009"),
        ("2009-09", "2009-10", "September–October 2009", "2009, September–October", "Sept.–Oct. 2009"),
        ("2009", "", "2009", "2009", "2009"),
        ("2008", "2009", "2008–2009", "2008–2009", "2008–2009"),
        ("2008", "2009-02", "2008–February 2009", "2008–2009, February", "2008–Feb. 2009"),
        ("2009-05-01", "2009-06", "May 1–June 2009", "2009, May 1–June", "1 May–June 2009"),
    ],
)
def test_dates(start: str, end: str, chicago: str, apa: str, mla: str) -> None:
    assert f" {chicago}." in cited("chicago", start=start, end=end)
    assert f" ({apa})." in cited("apa", start=start, end=end)
    assert f", {mla}." in cited("mla", start=start, end=end)


def test_a_date_that_the_source_does_not_give() -> None:
    assert "[December 9, 2009]." in cited("chicago", inferred=True)
    assert "(n.d.)." in cited("apa", inferred=True)
    assert "[9 Dec. 2009]." in cited("mla", inferred=True)


def test_without_an_author_the_title_comes_first() -> None:
    assert cited("chicago", author="") == "“A meeting.” News. December 9, 2009."
    assert cited("apa", author="") == "A meeting. (2009, December 9). News."
    assert cited("mla", author="") == "“A meeting.” News, 9 Dec. 2009."


def test_signs_at_the_end_and_quotes_inside() -> None:
    assert "“Why?” News" in cited("chicago", title="Why?")
    assert "(2009, December 9). Why? News." in cited("apa", title="Why?")
    assert "“On ‘things’ and ‘more.’”" in cited("chicago", title='On "things" and “more.”')


def test_what_the_catalogue_knows() -> None:
    event = Event("2009-x", "A title.", "2009", "", "", "", {"source": {"page": "P"}, "inferred": ["start"]})
    found = reference(event, {"publisher": "An Office (AO)", "url": "http://all/"}, {"P": "http://page/"}.__getitem__)
    assert found == Reference("2009-x", "An Office", "A title", "P", None, "2009", "", True, "http://page/")


# The command


def test_a_citation_a_line(run: Run) -> None:
    result = run("cite", "2012", "2009-12-14-co")
    assert (result.code, result.err) == (0, "")
    assert result.lines == [
        "UNODC Regional Programme Office for South Eastern Europe. “UNODC and SELEC sign Memorandum of Understanding to "
        "counter illicit trafficking, crime and money laundering in Southeastern Europe.” News and Events. "
        "December 4, 2012.",
        "UNODC Regional Programme Office for South Eastern Europe. “Training Course on Corruption Investigations in "
        "Podgorica, Montenegro.” News and Events. December 14–15, 2009.",
    ]


@pytest.mark.parametrize("style", STYLES)
def test_every_event_has_a_citation(run: Run, style: str) -> None:
    events = run("list", "-f", "json").json
    citations = run("cite", "--style", style, *(event["id"] for event in events)).lines
    assert len(citations) == len(events)
    for event, citation in zip(events, citations, strict=True):
        assert event["start"][:4] in citation
        assert ".." not in citation
        assert event["title"].rstrip(".")[:10].strip('"“') in citation


def test_without_a_day_of_access_every_day_gives_the_same(run: Run) -> None:
    assert "Accessed" not in run("cite", "2012").out
    assert "Accessed November 23, 2026." in run("cite", "2012", "--accessed", "2026-11-23").out
    assert "Retrieved" in run("cite", "2012", "--accessed", "today", "--style", "apa").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--style", "harvard"], "chicago, apa, mla"),
        (["--accessed", "2012"], "2026-11-23"),
        (["--accessed", "2012-02-30"], "not a day"),
        (["--accessed", ""], "not a day"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str], said: str) -> None:
    result = run("cite", "2012", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_catalogue_that_says_nothing_of_itself(run: Run, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("events: [{id: 2009-x, title: Bare, start: 2009}]", encoding="utf-8")
    assert run("--catalogue", str(tmp_path / "c.yaml"), "cite", "2009").out == "“Bare.” 2009.\n"
