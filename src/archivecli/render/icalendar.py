"""iCalendar (RFC 5545): all-day events for a calendar program."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from archivecli import dates, display
from archivecli.events import Event, Hit
from archivecli.render import FormatContext


def as_ics(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write a calendar of all-day events; a month or year lasts all its days."""
    yield "BEGIN:VCALENDAR\r\nPRODID:-//archivecli//archive//EN\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n"
    if "title" in context.about:
        yield content_line("X-WR-CALNAME", escaped(display.terminal_safe(context.about["title"])))
    for hit in hits:
        yield "".join(content_line(name, value) for name, value in _entry(hit.event))
    yield "END:VCALENDAR\r\n"


_SPECIAL = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


def escaped(value: str) -> str:
    """Return a value of the type TEXT, with its special characters escaped."""
    return value.translate(_SPECIAL)


def content_line(name: str, value: str) -> str:
    """Return a content line, folded after at most 75 bytes and never inside a character."""
    rest = f"{name}:{value}".encode()
    parts: list[bytes] = []
    while len(rest) > (end := 74 if parts else 75):
        while rest[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        parts.append(rest[:end])
        rest = rest[end:]
    return b"\r\n ".join([*parts, rest]).decode() + "\r\n"


def _entry(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the properties; the time stamp is the first day, so that the same record gives the same bytes."""
    first, last = (date.fromisoformat(day) for day in event.period)
    yield "BEGIN", "VEVENT"
    yield "UID", escaped(f"{event.id}@archivecli")
    yield "DTSTAMP", f"{_day(first)}T000000Z"
    yield "DTSTART;VALUE=DATE", _day(first)
    if last < date.max:
        yield "DTEND;VALUE=DATE", _day(last + timedelta(days=1))  # exclusive
    elif first < last:  # the year 10000 does not exist; without an end or a duration, an event lasts one day
        yield "DURATION", f"P{(last - first).days + 1}D"
    yield "SUMMARY", escaped(display.terminal_safe(event.title))
    if event.place:
        yield "LOCATION", escaped(_location(event))
    yield "DESCRIPTION", escaped(_description(event))
    categories = filter(None, (event.kind, *event.record.get("topics", ())))
    if names := ",".join(escaped(display.terminal_safe(name)) for name in categories):
        yield "CATEGORIES", names
    for url in _urls(event)[:1]:
        yield "URL", url
    yield "TRANSP", "TRANSPARENT"  # not busy
    yield "END", "VEVENT"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _location(event: Event) -> str:
    places = event.record.get("places", ())
    named = (", ".join(place[key] for key in ("venue", "city", "country") if key in place) for place in places)
    return display.terminal_safe("; ".join(name for name in named if name) or event.place)


def _description(event: Event) -> str:
    """Return the summary, the organisers, an imprecise date, every URL and the id, a line each."""
    lines = display.paragraphs(event.record.get("summary", ""))
    if organisers := "; ".join(item["body"] for item in event.record.get("organisers", ())):
        lines.append(f"Organised by: {display.terminal_safe(organisers)}")
    if not event.is_exact:
        lines.append(f"Date as far as it is known: {dates.human(event.start, event.end)}")
    return "\n".join([*lines, *_urls(event), f"Id: {event.id}"])


def _urls(event: Event) -> list[str]:
    return [display.terminal_safe(link["url"]) for link in event.record.get("links", ()) if "url" in link]
