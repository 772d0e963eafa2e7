"""JSON-LD: events in the vocabulary of schema.org, for web pages and linked data."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from archivecli import display
from archivecli.events import Event, Record
from archivecli.render.formats import Asked, Rows

_ROLES = {
    "organisers": "organizer",
    "hosts": "contributor",
    "partners": "contributor",
    "funders": "funder",
    "patrons": "sponsor",
}
"""The parts that bodies play, and the property that schema.org has for each."""


def as_jsonld(rows: Rows, asked: Asked) -> Iterator[str]:
    """A graph of schema.org events; ``<``, ``>`` and ``&`` are escaped, so that it can stand in a page's script element."""
    yield '{\n"@context": "https://schema.org",\n"@graph": ['
    opened = False
    for hit in rows:
        yield (",\n" if opened else "\n") + _safe(json.dumps(_event(hit.event, asked), ensure_ascii=False, indent=2))
        opened = True
    yield "\n]\n}\n" if opened else "]\n}\n"


def _safe(written: str) -> str:
    for sign in "<>&":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return display.json_safe(written)


_IN_FRAGMENT = "!$&'()*+,;=:@/?"


def _event(event: Event, asked: Asked) -> Record:
    record = event.record
    found: dict[str, Any] = {
        "@type": "Event",
        "@id": f"#{quote(event.id, safe=_IN_FRAGMENT)}",
        "identifier": event.id,
        "name": event.title,
        "startDate": event.start,
        "endDate": event.end,
        "additionalType": event.kind,
        "location": _few(_place(place) for place in record.get("places", ())),
        **_bodies(record),
        "attendee": _few(_attendees(record)),
        "about": _few(_about(record)),
        "keywords": record.get("topics"),
        "description": record.get("summary"),
        "url": _few(link["url"] for link in record.get("links", ()) if "url" in link),
        "superEvent": _few(_thing("EventSeries", name) for name in record.get("series", ())),
        "subjectOf": _few(_works(record, asked)),
    }
    return {name: value for name, value in found.items() if value}


def _few(values: Iterable[Any]) -> Any:
    """Return the one value, or a list of several; None for none."""
    found = list(values)
    return found[0] if len(found) == 1 else found or None


def _thing(kind: str, name: str, **more: Any) -> Record:
    return {"@type": kind, "name": name, **{key: value for key, value in more.items() if value}}


def _place(place: Mapping[str, str]) -> Record:
    named = place.get("venue") or place.get("city") or place.get("country") or place.get("note", "")
    address = {"addressLocality": place.get("city"), "addressCountry": place.get("country")}
    known = {key: value for key, value in address.items() if value}
    return _thing("Place", named, address={"@type": "PostalAddress", **known} if known else None)


def _bodies(record: Record) -> dict[str, Any]:
    found: dict[str, list[Record]] = {}
    for role, name in _ROLES.items():
        found.setdefault(name, []).extend(_thing("Organization", item["body"]) for item in record.get(role, ()))
    return {name: _few(bodies) for name, bodies in found.items()}


def _attendees(record: Record) -> Iterator[Record]:
    """Yield who took part: bodies, and people who were there; not the invited, the absent or the mentioned."""
    for body in record.get("participants", {}).get("bodies", ()):
        yield _thing("Organization", body)
    for person in record.get("people", ()):
        if person.get("present", True):
            body = person.get("body")
            affiliation = _thing("Organization", body) if body else None
            yield _thing("Person", person["name"], jobTitle=person.get("role"), affiliation=affiliation)


def _about(record: Record) -> Iterator[Record]:
    yield from (_thing("Thing", topic) for topic in record.get("topics", ()))
    yield from (_thing("Legislation", item["instrument"]) for item in record.get("instruments", ()))
    yield from (_thing("Project", item["project"]) for item in record.get("projects", ()))
    concerned = record.get("concerns", {})
    yield from (_thing("Place", country) for country in concerned.get("countries", ()))
    yield from (_thing("Organization", body) for body in concerned.get("bodies", ()))


def _works(record: Record, asked: Asked) -> Iterator[Record]:
    """Yield the page that tells of the event, and its documents."""
    source = record.get("source", {})
    page = source.get("page")
    if page:
        publisher = asked.about.get("publisher")
        yield _thing(
            "WebPage",
            page,
            url=source.get("url") or asked.address(page),
            publisher=_thing("Organization", publisher) if publisher else None,
        )
    for document in record.get("documents", ()):
        more = {"url": document.get("url"), "datePublished": document.get("date")}
        yield _thing("CreativeWork", document["name"], **more)
