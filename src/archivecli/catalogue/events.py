"""Turn validated records into events, with what the vocabulary knows of the things that they name."""

from typing import Any

from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.events import Event


def make_event(record: dict[str, Any], vocabulary: Vocabulary) -> Event:
    """Return the event of a validated record; ``place`` is where it was held, in short names."""
    if "links" in record:
        _complete_links(record, vocabulary)
    if "places" in record:
        _complete_places(record, vocabulary)
    places = dict.fromkeys(_place(place, vocabulary) for place in record.get("places", ()))
    return Event(
        id=record["id"],
        title=record["title"],
        start=record["start"],
        end=record.get("end", ""),
        kind=_short(vocabulary, "kinds", record["kind"]) if "kind" in record else "",
        place="; ".join(place for place in places if place),
        record=record,
    )


def _complete_links(record: dict[str, Any], vocabulary: Vocabulary) -> None:
    """Give a link that names a page of the vocabulary the URL of that page."""
    for link in record["links"]:
        term = vocabulary.term("pages", link.get("page", ""))
        if term is not None and term.url:
            link.setdefault("url", term.url)


def _complete_places(record: dict[str, Any], vocabulary: Vocabulary) -> None:
    """Give a place that names only its city the country that the vocabulary gives the city."""
    for place in record["places"]:
        term = vocabulary.term("cities", place.get("city", "")) if "country" not in place else None
        if term is not None and term.country:
            note = {"note": place.pop("note")} if "note" in place else {}
            place.update({"country": term.country, **note})


def _place(place: dict[str, str], vocabulary: Vocabulary) -> str:
    parts = [("cities", place.get("city")), ("countries", place.get("country"))]
    shown = [_short(vocabulary, section, name) for section, name in parts if name]
    return ", ".join(shown) or place.get("venue", "")


def _short(vocabulary: Vocabulary, section: str, name: str) -> str:
    term = vocabulary.term(section, name)
    return (term.short or term.name) if term else name
