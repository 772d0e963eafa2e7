"""An event → a reference to its entry in the source, in the styles of Chicago, APA and MLA.

The entry is part of the web page or book that the record was taken from. Its author is the catalogue's publisher, its
date that of the event. A date that the cataloguer inferred is marked in the way of the style.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from archivecli import dates, display
from archivecli.dates import MONTHS
from archivecli.events import Event
from archivecli.render.theme import Segment


class Reference(NamedTuple):
    """The facts of a citation; what is unknown is an empty string."""

    key: str
    author: str
    title: str
    page: str
    entry: int | None
    start: str
    end: str
    inferred: bool
    url: str


def reference(event: Event, about: Mapping[str, Any], page_url: Callable[[str], str]) -> Reference:
    """Return the reference to an event's entry; ``about`` and ``page_url`` are those of the catalogue."""
    source = event.record.get("source", {})
    page = source.get("page", "")
    publisher = display.terminal_safe(about.get("publisher", ""))
    author = re.sub(r"\s*\([^\W\d_a-z]+\)$", "", publisher)  # no style adds the acronym to the name
    named = display.terminal_safe(page or about.get("title", ""))
    return Reference(
        key=event.id,
        author=author,
        title=display.terminal_safe(event.title).rstrip("."),
        page=named if named != author else "",  # nor does one repeat a name
        entry=source.get("entry"),
        start=event.start,
        end=event.end,
        inferred="start" in event.record.get("inferred", ()),
        url=source.get("url") or (page_url(page) if page else "") or about.get("url", ""),
    )


def chicago(cited: Reference, accessed: str = "") -> Iterator[Segment]:
    """The Chicago Manual of Style, bibliography: Author. “Title.” Page. December 8–9, 2010. Accessed …. URL."""
    when = _american(cited.start, cited.end)
    parts = (
        _stopped(cited.author),
        _quoted(cited.title),
        _stopped(cited.page),
        f"[{when}]." if cited.inferred else f"{when}.",
        f"Accessed {_american(accessed)}." if accessed else "",
        f"{cited.url}." if cited.url else "",
    )
    yield Segment(" ".join(filter(None, parts)))


def apa(cited: Reference, accessed: str = "") -> Iterator[Segment]:
    """The style of the American Psychological Association, 7th edition: Author. (2010, December 8–9). Title. Page. URL."""
    when = "(n.d.)." if cited.inferred else f"({_year_first(cited.start, cited.end)})."
    title = Segment(_stopped(cited.title), "italic")
    if cited.author:
        yield from (Segment(f"{_stopped(cited.author)} {when} "), title)
    else:
        yield from (title, Segment(f" {when}"))
    if cited.page:
        yield Segment(f" {_stopped(cited.page)}")
    if accessed:
        yield Segment(f" Retrieved {_american(accessed)}" + (f", from {cited.url}" if cited.url else "."))
    elif cited.url:
        yield Segment(f" {cited.url}")


def mla(cited: Reference, accessed: str = "") -> Iterator[Segment]:
    """The style of the Modern Language Association, 9th edition: “Title.” Page, Publisher, 8–9 Dec. 2010, URL.

    A body that is both author and publisher is named only as publisher.
    """
    yield Segment(f"{_quoted(cited.title)} ")
    when = _british(cited.start, cited.end)
    if cited.page:
        yield from (Segment(cited.page, "italic"), Segment(", "))
    rest = (cited.author, f"[{when}]" if cited.inferred else when, cited.url)
    yield Segment(_stopped(", ".join(filter(None, rest))))
    if accessed:
        yield Segment(f" Accessed {_stopped(_british(accessed))}")


STYLES: dict[str, Callable[[Reference, str], Iterator[Segment]]] = {"chicago": chicago, "apa": apa, "mla": mla}


def _stopped(part: str) -> str:
    """Return a part with a full stop, unless it ends with punctuation, perhaps inside a quotation."""
    return part if not part or part.rstrip("’”'\"")[-1:] in ".?!…" else f"{part}."


def _quoted(title: str) -> str:
    """Return a title with a full stop in double quotes; its own become single."""
    title = re.sub(r'"([^"]*)"', "‘\\1’", title).replace("“", "‘").replace("”", "’")
    return f"“{_stopped(title)}”"


_ABBREVIATED = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def _american(start: str, end: str = "") -> str:
    """December 8–9, 2010 · November 29–December 1, 2010 · October 2009 · 2009."""
    pairs = _days_and_years(start, end, _month_first)
    return "–".join(f"{days}{', ' if days[-1:].isdigit() else ' '}{year}".lstrip() for days, year in pairs)


def _year_first(start: str, end: str = "") -> str:
    """2010, December 8–9 · 2010, November 29–December 1 · 2009, October · 2009."""
    return "–".join(f"{year}, {days}".rstrip(", ") for days, year in _days_and_years(start, end, _month_first))


def _british(start: str, end: str = "") -> str:
    """8–9 Dec. 2010 · 29 Nov.–1 Dec. 2010 · Oct. 2009 · 2009."""
    pairs = _days_and_years(start, end, lambda month, days: f"{days} {_ABBREVIATED[month - 1]}".lstrip())
    return "–".join(f"{days} {year}".lstrip() for days, year in pairs)


def _month_first(month: int, days: str) -> str:
    return f"{MONTHS[month - 1].title()} {days}".rstrip()


def _days_and_years(start: str, end: str, write: Callable[[int, str], str]) -> list[tuple[str, str]]:
    """Return days and year, or two pairs of them if the years differ or only one of the dates has a month."""
    (year, month, day), (last_year, last_month, last_day) = dates.parts(start), dates.parts(end or start)
    days = [write(m, str(d or "")) if m else "" for m, d in ((month, day), (last_month, last_day))]
    if not month and not last_month and year != last_year:
        return [("", f"{year}–{last_year}")]
    if year != last_year or bool(month) != bool(last_month):
        return [(days[0], str(year)), (days[1], str(last_year))]
    if month == last_month and day and last_day and day != last_day:
        return [(write(month, f"{day}–{last_day}"), str(year))]
    return [("–".join(dict.fromkeys(days)), str(year))]
