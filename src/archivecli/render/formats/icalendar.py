"""iCalendar (RFC 5545) through the icalendar library, which escapes, folds and ends lines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import icalendar  # 100 ms, only for this format

from archivecli import dates, text
from archivecli.events import Event
from archivecli.render.formats import Asked, Rows


def as_ics(rows: Rows, asked: Asked) -> Iterator[str]:
    """A calendar of all-day events; a month or a year is the span of all its days."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//archivecli//archive//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if "title" in asked.about:
        calendar.add("x-wr-calname", text.one_line(asked.about["title"]))
    head, end = _lines(calendar).split("END:VCALENDAR")
    yield head
    for hit in rows:
        yield _lines(_entry(hit.event))
    yield f"END:VCALENDAR{end}"


def _lines(component: icalendar.Component) -> str:
    return bytes(component.to_ical(sorted=False)).decode()


def _entry(event: Event) -> icalendar.Event:
    """Return the event: the same record gives the same bytes, for the time stamp is its first day."""
    first, last = (date.fromisoformat(day) for day in event.period)
    entry = icalendar.Event()
    entry.add("uid", f"{event.id}@archivecli")
    entry.add("dtstamp", datetime.combine(first, time(), UTC))
    entry.add("dtstart", first)
    entry.add("dtend", last + timedelta(days=1) if last < date.max else last)  # exclusive; there is no year 10000
    entry.add("summary", text.one_line(event.title))
    if event.place:
        entry.add("location", _location(event))
    entry.add("description", _description(event))
    categories = [text.one_line(name) for name in (event.kind, *event.record.get("topics", ())) if name]
    if categories:
        entry.add("categories", categories)
    for address in _addresses(event)[:1]:
        entry.add("url", address)
    entry.add("transp", "TRANSPARENT")  # what is archived makes nobody busy
    return entry


def _location(event: Event) -> str:
    places = event.record.get("places", ())
    named = (", ".join(place[key] for key in ("venue", "city", "country") if key in place) for place in places)
    return text.one_line("; ".join(name for name in named if name) or event.place)


def _description(event: Event) -> str:
    """Say what happened, who organised it, every address, and how precise the date is."""
    said = [text.one_line(part) for part in event.record.get("summary", "").split("\n") if part.strip()]
    organisers = [item["body"] for item in event.record.get("organisers", ())]
    if organisers:
        said.append(f"Organised by: {text.one_line('; '.join(organisers))}")
    if len(event.start) < 10 or 0 < len(event.end) < 10:
        said.append(f"Date as far as it is known: {dates.human(event.start, event.end)}")
    said += _addresses(event)
    said.append(f"Id: {event.id}")
    return "\n".join(said)


def _addresses(event: Event) -> list[str]:
    return [text.one_line(link["url"]) for link in event.record.get("links", ()) if "url" in link]
