"""iCalendar (RFC 5545): all-day events for a calendar program."""

from collections.abc import Iterator
from datetime import date, timedelta

from archivecli import dates, display
from archivecli.events import Event
from archivecli.render.formats import Asked, Rows


def as_ics(rows: Rows, asked: Asked) -> Iterator[str]:
    """A calendar of all-day events; a month or a year is the span of all its days."""
    yield "BEGIN:VCALENDAR\r\nPRODID:-//archivecli//archive//EN\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n"
    if "title" in asked.about:
        yield content_line("X-WR-CALNAME", escaped(display.terminal_safe(asked.about["title"])))
    for hit in rows:
        yield "".join(content_line(name, value) for name, value in _entry(hit.event))
    yield "END:VCALENDAR\r\n"


_SPECIAL = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


def escaped(said: str) -> str:
    """Return a value of the type TEXT; a line feed is a line break."""
    return said.translate(_SPECIAL)


def content_line(name: str, value: str) -> str:
    """Return a content line, folded so that no line has more than 75 bytes and no character is split."""
    rest = f"{name}:{value}".encode()
    parts: list[bytes] = []
    while len(rest) > (room := 74 if parts else 75):
        while rest[room] & 0xC0 == 0x80:  # inside a character
            room -= 1
        parts.append(rest[:room])
        rest = rest[room:]
    return b"\r\n ".join([*parts, rest]).decode() + "\r\n"


def _entry(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the properties: the same record gives the same bytes, for the time stamp is its first day."""
    first, last = (date.fromisoformat(day) for day in event.period)
    yield "BEGIN", "VEVENT"
    yield "UID", escaped(f"{event.id}@archivecli")
    yield "DTSTAMP", f"{_day(first)}T000000Z"
    yield "DTSTART;VALUE=DATE", _day(first)
    if last < date.max:
        yield "DTEND;VALUE=DATE", _day(last + timedelta(days=1))  # exclusive
    elif first < last:  # there is no year 10000; without an end or a duration, an event lasts one day
        yield "DURATION", f"P{(last - first).days + 1}D"
    yield "SUMMARY", escaped(display.terminal_safe(event.title))
    if event.place:
        yield "LOCATION", escaped(_location(event))
    yield "DESCRIPTION", escaped(_description(event))
    categories = [
        escaped(display.terminal_safe(name)) for name in (event.kind, *event.record.get("topics", ())) if name
    ]
    if categories:
        yield "CATEGORIES", ",".join(categories)
    for address in _addresses(event)[:1]:
        yield "URL", address
    yield "TRANSP", "TRANSPARENT"  # what is archived makes nobody busy
    yield "END", "VEVENT"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _location(event: Event) -> str:
    places = event.record.get("places", ())
    named = (", ".join(place[key] for key in ("venue", "city", "country") if key in place) for place in places)
    return display.terminal_safe("; ".join(name for name in named if name) or event.place)


def _description(event: Event) -> str:
    """Say what happened, who organised it, every address, and how precise the date is."""
    said = [display.terminal_safe(part) for part in event.record.get("summary", "").split("\n") if part.strip()]
    organisers = [item["body"] for item in event.record.get("organisers", ())]
    if organisers:
        said.append(f"Organised by: {display.terminal_safe('; '.join(organisers))}")
    if len(event.start) < 10 or 0 < len(event.end) < 10:
        said.append(f"Date as far as it is known: {dates.human(event.start, event.end)}")
    said += _addresses(event)
    said.append(f"Id: {event.id}")
    return "\n".join(said)


def _addresses(event: Event) -> list[str]:
    return [display.terminal_safe(link["url"]) for link in event.record.get("links", ()) if "url" in link]
