"""JSON-LD: events in the vocabulary of schema.org, for web pages and linked data."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from archivecli.events import Event, Hit, Record
from archivecli.render import FormatContext
from archivecli.render.tabular import enclosed, to_json

_ROLES = {  # properties of schema.org, with the fields of bodies for each
    "organizer": ("organisers",),
    "contributor": ("hosts", "partners"),
    "funder": ("funders",),
    "sponsor": ("patrons",),
}


def as_jsonld(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write a graph of schema.org events; ``<``, ``>`` and ``&`` are escaped, as in a page's script element."""
    opening = '{\n"@context": "https://schema.org",\n"@graph": ['
    events = (to_json(_event(hit.event, context), indent=2).translate(_IN_SCRIPT) for hit in hits)
    return enclosed(events, f"{opening}\n", ending="\n]\n}\n", empty=f"{opening}]\n}}\n")


_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}
_IN_FRAGMENT = "!$&'()*+,;=:@/?"


def _event(event: Event, context: FormatContext) -> Record:
    record = event.record
    found = {
        "@type": "Event",
        "@id": f"#{quote(event.id, safe=_IN_FRAGMENT)}",
        "identifier": event.id,
        "name": event.title,
        "startDate": event.start,
        "endDate": event.end,
        "additionalType": event.kind,
        "location": _one_or_list(_place(place) for place in record.get("places", ())),
        **{
            name: _one_or_list(_thing("Organization", item["body"]) for role in roles for item in record.get(role, ()))
            for name, roles in _ROLES.items()
        },
        "attendee": _one_or_list(_attendees(record)),
        "about": _one_or_list(_about(record)),
        "keywords": record.get("topics"),
        "description": record.get("summary"),
        "url": _one_or_list(link["url"] for link in record.get("links", ()) if "url" in link),
        "superEvent": _one_or_list(_thing("EventSeries", name) for name in record.get("series", ())),
        "subjectOf": _one_or_list(_works(record, context)),
    }
    return {name: value for name, value in found.items() if value}


def _one_or_list(values: Iterable[Any]) -> Any:
    """Return the only value, a list of more, or None."""
    found = list(values)
    return found[0] if len(found) == 1 else found or None


def _thing(kind: str, name: str, **more: Any) -> Record:
    return {"@type": kind, "name": name, **{key: value for key, value in more.items() if value}}


def _place(place: Mapping[str, str]) -> Record:
    named = place.get("venue") or place.get("city") or place.get("country") or place.get("note", "")
    fields = {"addressLocality": "city", "addressCountry": "country"}
    known = {name: place[field] for name, field in fields.items() if place.get(field)}
    return _thing("Place", named, address={"@type": "PostalAddress", **known} if known else None)


def _attendees(record: Record) -> Iterator[Record]:
    """Yield who took part: bodies, and people who were present; not the invited, the absent or the mentioned."""
    for body in record.get("participants", {}).get("bodies", ()):
        yield _thing("Organization", body)
    for person in record.get("people", ()):
        if person.get("present", True):
            affiliation = _thing("Organization", person["body"]) if person.get("body") else None
            yield _thing("Person", person["name"], jobTitle=person.get("role"), affiliation=affiliation)


def _about(record: Record) -> Iterator[Record]:
    yield from (_thing("Thing", topic) for topic in record.get("topics", ()))
    yield from (_thing("Legislation", item["instrument"]) for item in record.get("instruments", ()))
    yield from (_thing("Project", item["project"]) for item in record.get("projects", ()))
    concerned = record.get("concerns", {})
    yield from (_thing("Place", country) for country in concerned.get("countries", ()))
    yield from (_thing("Organization", body) for body in concerned.get("bodies", ()))


def _works(record: Record, context: FormatContext) -> Iterator[Record]:
    """Yield the page that the record is taken from, and the documents of the event."""
    source = record.get("source", {})
    if page := source.get("page"):
        publisher = context.about.get("publisher")
        published = _thing("Organization", publisher) if publisher else None
        yield _thing("WebPage", page, url=source.get("url") or context.page_url(page), publisher=published)
    for document in record.get("documents", ()):
        yield _thing("CreativeWork", document["name"], url=document.get("url"), datePublished=document.get("date"))
