"""An event → a reference to its entry in the source, in the styles of Chicago, APA and MLA.

What is cited is the entry of the web page (or book) that the record was taken from: its author is the catalogue's
publisher, its date that of the entry. A date that the cataloguer inferred is marked as the style wants it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from archivecli import display
from archivecli.dates import MONTHS
from archivecli.events import Event


class Reference(NamedTuple):
    """What one must know to cite an entry; an empty string is something unknown."""

    key: str
    author: str
    title: str
    page: str
    entry: int | None
    start: str
    end: str
    inferred: bool
    url: str


_ACRONYM = re.compile(r"\s*\([^\W\d_a-z]+\)$")


def reference(event: Event, about: Mapping[str, Any], page_url: Callable[[str], str]) -> Reference:
    """Return the reference to an event's entry; ``about`` and ``page_url`` are those of the catalogue."""
    source = event.record.get("source", {})
    page = source.get("page", "")
    author = _ACRONYM.sub(
        "", display.terminal_safe(about.get("publisher", ""))
    )  # no style has the acronym beside the name
    named = display.terminal_safe(page or about.get("title", ""))
    return Reference(
        key=event.id,
        author=author,
        title=display.terminal_safe(event.title).rstrip("."),
        page=named if named != author else "",  # nor the same name twice
        entry=source.get("entry"),
        start=event.start,
        end=event.end,
        inferred="start" in event.record.get("inferred", ()),
        url=source.get("url") or (page_url(page) if page else "") or about.get("url", ""),
    )


class Span(NamedTuple):
    """A piece of a citation; ``italic`` where the style has italics."""

    text: str
    italic: bool = False


Style = Callable[[Reference, str], Iterator[Span]]


def chicago(cited: Reference, accessed: str = "") -> Iterator[Span]:
    """The Chicago Manual of Style, bibliography: Author. “Title.” Page. December 8–9, 2010. Accessed …. URL."""
    when = _american(cited.start, cited.end)
    parts = [
        _stopped(cited.author),
        f"“{_stopped(_inner_quotes(cited.title))}”",
        _stopped(cited.page),
        f"[{when}]." if cited.inferred else f"{when}.",
        f"Accessed {_american(accessed)}." if accessed else "",
        f"{cited.url}." if cited.url else "",
    ]
    yield Span(" ".join(part for part in parts if part))


def apa(cited: Reference, accessed: str = "") -> Iterator[Span]:
    """The style of the American Psychological Association, 7th edition: Author. (2010, December 8–9). Title. Page. URL."""
    when = "(n.d.)." if cited.inferred else f"({_year_first(cited.start, cited.end)})."
    title = Span(_stopped(cited.title), italic=True)
    if cited.author:
        yield from (Span(f"{_stopped(cited.author)} {when} "), title)
    else:
        yield from (title, Span(f" {when}"))
    if cited.page:
        yield Span(f" {_stopped(cited.page)}")
    if accessed:
        yield Span(f" Retrieved {_american(accessed)}" + (f", from {cited.url}" if cited.url else "."))
    elif cited.url:
        yield Span(f" {cited.url}")


def mla(cited: Reference, accessed: str = "") -> Iterator[Span]:
    """The style of the Modern Language Association, 9th edition: “Title.” Page, Publisher, 8–9 Dec. 2010, URL.

    A body that is both author and publisher is named only as publisher.
    """
    yield Span(f"“{_stopped(_inner_quotes(cited.title))}” ")
    when = _british(cited.start, cited.end)
    if cited.page:
        yield from (Span(cited.page, italic=True), Span(", "))
    rest = [cited.author, f"[{when}]" if cited.inferred else when, cited.url]
    yield Span(_stopped(", ".join(part for part in rest if part)))
    if accessed:
        yield Span(f" Accessed {_stopped(_british(accessed))}")


STYLES: dict[str, Style] = {"chicago": chicago, "apa": apa, "mla": mla}
"""Every style by name."""


def _stopped(part: str) -> str:
    """End a part with a full stop unless it ends with punctuation, also inside a quotation."""
    return part if not part or part.rstrip("’”'\"")[-1:] in ".?!…" else f"{part}."


def _inner_quotes(title: str) -> str:
    """Turn the double quotes of a title into single ones, since it is itself in double quotes."""
    title = re.sub(r'"([^"]*)"', "‘\\1’", title)
    return title.replace("“", "‘").replace("”", "’")


_ABBREVIATED = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def _american(start: str, end: str = "") -> str:
    """December 8–9, 2010 · November 29–December 1, 2010 · October 2009 · 2009."""
    pairs = _days_and_years(start, end, _month_first)
    return "–".join(f"{days}{', ' if days[-1].isdigit() else ' '}{year}" if days else year for days, year in pairs)


def _year_first(start: str, end: str = "") -> str:
    """2010, December 8–9 · 2010, November 29–December 1 · 2009, October · 2009."""
    return "–".join(f"{year}, {days}" if days else year for days, year in _days_and_years(start, end, _month_first))


def _british(start: str, end: str = "") -> str:
    """8–9 Dec. 2010 · 29 Nov.–1 Dec. 2010 · Oct. 2009 · 2009."""
    return "–".join(f"{days} {year}".lstrip() for days, year in _days_and_years(start, end, _day_first))


def _month_first(month: int, days: str) -> str:
    return f"{MONTHS[month - 1].title()} {days}".rstrip()


def _day_first(month: int, days: str) -> str:
    return f"{days} {_ABBREVIATED[month - 1]}".lstrip()


def _days_and_years(start: str, end: str, write: Callable[[int, str], str]) -> list[tuple[str, str]]:
    """Return the days and the year, or two pairs where the years differ or only one of the dates has a month."""
    first, last = ((str(int(d[:4])), int(d[5:7] or 0), d[8:].lstrip("0")) for d in (start, end or start))
    years = (first[0], last[0])
    if first == last:
        return [(write(*first[1:]) if first[1] else "", years[0])]
    if not first[1] and not last[1]:
        return [("", "–".join(years))]
    if first[:2] == last[:2] and first[2] and last[2]:
        return [(write(first[1], f"{first[2]}–{last[2]}"), years[0])]
    days = [write(*date[1:]) if date[1] else "" for date in (first, last)]
    if years[0] == years[1] and all(days):
        return [("–".join(days), years[0])]
    return list(zip(days, years, strict=True))
