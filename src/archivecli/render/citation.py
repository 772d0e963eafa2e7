"""An event → a reference to its entry in the source, and that reference in the styles of Chicago, APA and MLA.

What is cited is the entry of the web page (or book) that the record was taken from: its author is the catalogue's
publisher, its date the one that the entry bears. A date that the cataloguer inferred is marked as the style wants it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archivecli import display
from archivecli.dates import MONTHS
from archivecli.events import Event

if TYPE_CHECKING:
    from rich.text import Text


class Reference(NamedTuple):
    """What one must know to cite an entry; an empty text is something that is not known."""

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


def reference(event: Event, about: Mapping[str, Any], address: Callable[[str], str]) -> Reference:
    """Return the reference to an event's entry; ``about`` and ``address`` are those of the catalogue."""
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
        url=source.get("url") or (address(page) if page else "") or about.get("url", ""),
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

    A body that is author and publisher at once stands as the publisher only.
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


def _stopped(said: str) -> str:
    """End a part with a full stop, unless it has a sign of its own there, also inside a quotation."""
    return said if not said or said.rstrip("’”'\"")[-1:] in ".?!…" else f"{said}."


def _inner_quotes(title: str) -> str:
    """Turn the double quotes of a title that stands in double quotes itself into single ones."""
    title = re.sub(r'"([^"]*)"', "‘\\1’", title)
    return title.replace("“", "‘").replace("”", "’")


_ABBREVIATED = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def _parts(date: str) -> tuple[str, int, str]:
    """Return the year, the number of the month and the day of a partial date; 0 and "" where they are not known."""
    return str(int(date[:4])), int(date[5:7] or 0), str(int(date[8:])) if len(date) > 7 else ""


def _american(start: str, end: str = "") -> str:
    """December 8–9, 2010 · November 29–December 1, 2010 · October 2009 · 2009."""
    year, days = _span(start, end, lambda month, day: f"{MONTHS[month - 1].title()} {day}".rstrip(), day_last=True)
    if len(days) == 2:
        return f"{days[0]}{_comma(start)}{year[0]}–{days[1]}{_comma(end)}{year[1]}"
    return f"{days[0]}{_comma(end or start)}{year[0]}" if days[0] else "–".join(year)


def _comma(date: str) -> str:
    return ", " if len(date) > 7 else " " if len(date) > 4 else ""


def _year_first(start: str, end: str = "") -> str:
    """2010, December 8–9 · 2010, November 29–December 1 · 2009, October · 2009."""
    year, days = _span(start, end, lambda month, day: f"{MONTHS[month - 1].title()} {day}".rstrip(), day_last=True)
    if len(days) == 2:
        return "–".join(f"{y}, {d}" if d else y for y, d in zip(year, days, strict=True))
    return f"{year[0]}, {days[0]}" if days[0] else "–".join(year)


def _british(start: str, end: str = "") -> str:
    """8–9 Dec. 2010 · 29 Nov.–1 Dec. 2010 · Oct. 2009 · 2009."""
    year, days = _span(start, end, lambda month, day: f"{day} {_ABBREVIATED[month - 1]}".lstrip(), day_last=False)
    if len(days) == 2:
        return "–".join(f"{d} {y}".strip() for y, d in zip(year, days, strict=True))
    return f"{days[0]} {year[0]}" if days[0] else "–".join(year)


def _span(
    start: str, end: str, spoken: Callable[[int, str], str], day_last: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the years and the days in words: one of each, or two where the years differ or one date is vaguer.

    ``spoken`` says a month and a day; ``day_last`` tells which of the two stands last in it.
    """
    year, month, day = _parts(start)
    first = spoken(month, day) if month else ""
    if not end or end == start:
        return (year,), (first,)
    last_year, last_month, last_day = _parts(end)
    last = spoken(last_month, last_day) if last_month else ""
    if not first and not last:
        return (year, last_year) if year != last_year else (year,), ("",)
    if year != last_year or not first or not last:
        return (year, last_year), (first, last)
    if month == last_month and day and last_day:
        return (year,), (f"{first}–{last_day}" if day_last else f"{day}–{last}",)
    return (year,), (f"{first}–{last}",)


def styled(spans: Iterator[Span]) -> "Text":
    """Return a citation for a terminal, its italics in italics."""
    from rich.text import Text  # 40 ms, only for people

    return Text.assemble(*((span.text, "italic" if span.italic else "") for span in spans))
