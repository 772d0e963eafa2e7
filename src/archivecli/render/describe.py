"""A record → short strings, field by field, for the card, plain text and Markdown."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from archivecli import dates, display
from archivecli.events import Event
from archivecli.schema import Field, Schema

When: TypeAlias = Callable[[str, str], str]  # start and end ("" for a single date): dates.human or dates.iso
Phrase: TypeAlias = tuple[str, str]  # the name or number that a string begins with, or "", and the rest


class Detail(NamedTuple):
    """One value of a field as a string; ``lead`` is the name or number that it begins with, ``url`` its link."""

    field: Field
    text: str
    lead: str = ""
    url: str = ""


def lines(schema: Schema, event: Event, when: When = dates.human) -> Iterator[Detail]:
    """Yield every value of a record, in the order of the fields."""
    for field in schema.fields:
        if field.name not in event.record:
            continue
        value = event.record[field.name]
        describe = _DESCRIBERS.get(field.name, _plain)
        for item in value if isinstance(value, list) else [value]:
            url = item.get("url", "") if isinstance(item, Mapping) else ""
            for lead, rest in describe(item, when):
                yield Detail(field, lead + rest, lead, url)


def _plain(value: Any, when: When) -> Iterator[Phrase]:
    yield "", str(value)


def _paragraphs(value: Any, when: When) -> Iterator[Phrase]:
    yield from (("", paragraph) for paragraph in display.paragraphs(value))


def _joined(separator: str, *pieces: str) -> str:
    return separator.join(piece for piece in pieces if piece)


def _after_dash(*pieces: str) -> str:
    joined = _joined("; ", *pieces)
    return f" — {joined}" if joined else ""


def _extras(item: Mapping[str, Any], *done: str) -> str:
    """Return the other fields of an item, after a dash."""
    shown = {key: ", ".join(value) if isinstance(value, list) else str(value) for key, value in item.items()}
    named = ("amount", "for")
    return _after_dash(
        *(f"{key} {value}" if key in named else value for key, value in shown.items() if key not in done)
    )


def _named(key: str) -> Callable[[Any, When], Iterator[Phrase]]:
    """Return a function that describes an item by its name and its other fields."""
    return lambda item, when: iter([(item[key], _extras(item, key))])


def _date(item: Any, when: When) -> Iterator[Phrase]:
    yield when(item["start"], item.get("end", "")), f": {item['what']}"


def _place(item: Any, when: When) -> Iterator[Phrase]:
    where = [item[key] for key in ("venue", "city", "country") if key in item]
    yield "", ", ".join(where) + _extras(item, "venue", "city", "country")


def _attendance(item: Any, when: When) -> Iterator[Phrase]:
    if "count" in item:
        yield f"{item['count']:,}", " people"
    for part in item.get("breakdown", ()):
        yield f"{part['count']:,}", f" {part['of']}"
    for key in ("countries", "bodies"):
        if key in item:
            yield f"{key}:", f" {', '.join(item[key])}"
    yield from (("", group) for group in item.get("groups", ()))
    if "note" in item:
        yield "", f"({item['note']})"


def _members(item: Any, when: When) -> Iterator[Phrase]:
    count = f" ({item['count']:,})" if "count" in item else ""
    names = ", ".join([*item.get("countries", ()), *item.get("bodies", ())])
    yield item["of"], count + (f": {names}" if names else "") + _after_dash(item.get("note", ""))


def _person(item: Any, when: When) -> Iterator[Phrase]:
    described = dict.fromkeys(f", {item[key]}" for key in ("role", "body", "country") if key in item)
    presence = _choice(item, "present", "present", "not present")
    yield item["name"], "".join(described) + _after_dash(item.get("did", ""), item.get("note", ""), presence)


def _choice(item: Any, flag: str, yes: str, no: str) -> str:
    return "" if flag not in item else yes if item[flag] else no


def _figure(item: Any, when: When) -> Iterator[Phrase]:
    number = f"{item['value']:,}" + (f"–{item['to']:,}" if "to" in item else "")
    unit = item.get("unit", "")
    amount = f"{number}{'' if unit == '%' else ' '}{unit}".strip()
    yield amount, f": {item['of']}" + (f" (printed: {item['printed']})" if "printed" in item else "")


def _document(item: Any, when: When) -> Iterator[Phrase]:
    made = _joined(", ", item.get("by", ""), when(item["date"], "") if "date" in item else "")
    address = f": {item['url']}" if "url" in item else ""
    yield item["name"], (f" ({made})" if made else "") + address + _after_dash(item.get("note", ""))


def _link(item: Any, when: When) -> Iterator[Phrase]:
    name = ", ".join(dict.fromkeys(item[key] for key in ("page", "name") if key in item))
    url = item.get("url", "")
    yield (name, f": {url}" if url else "") if name else (url, "")


def _source(item: Any, when: When) -> Iterator[Phrase]:
    described = _joined(
        "; ",
        _joined(", ", item.get("page", ""), f"entry {item['entry']}" if "entry" in item else ""),
        f"dated “{item['dated']}”" if "dated" in item else "",
        item.get("section", ""),
        _choice(item, "heading_only", "a heading without text", "a heading and its text"),
        _choice(item, "more", "points to a fuller report (MORE)", "points to no fuller report"),
        item.get("url", ""),
    )
    if described:
        yield "", described
    for key, label in (("photos", "photo"), ("captions", "caption")):
        for credit, number in Counter(item.get(key, ())).items():
            yield "", f"{label}: {credit}{f' ({number} times)' if number > 1 else ''}"


_DESCRIBERS: dict[str, Callable[[Any, When], Iterator[Phrase]]] = {
    "dates": _date,
    "places": _place,
    **dict.fromkeys(("organisers", "hosts", "partners", "funders", "patrons"), _named("body")),
    **dict.fromkeys(("participants", "invited", "absent", "concerns", "mentioned"), _attendance),
    "members": _members,
    "people": _person,
    "projects": _named("project"),
    "instruments": _named("instrument"),
    "figures": _figure,
    "statements": lambda item, when: iter([(item["by"], f": {item['says']}")]),
    "documents": _document,
    "links": _link,
    "related": _named("event"),
    "source": _source,
    "summary": _paragraphs,
}
