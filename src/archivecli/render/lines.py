"""A record → short texts, field by field: what the card, the plain form and Markdown have in common."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from archivecli import dates, text
from archivecli.events import Event
from archivecli.fields import RECORD, Field

Shorten = Callable[[str], str]


class Line(NamedTuple):
    """One value of a field as text; ``url`` where it leads somewhere."""

    field: Field
    text: str
    url: str = ""


def lines(event: Event, shorten: Shorten = str) -> Iterator[Line]:
    """Yield every value of a record as a line, in the order of the table of fields; nothing is left out."""
    for field in RECORD:
        if field.name not in event.record:
            continue
        value = event.record[field.name]
        speak = _SPEAKERS.get(field.name, _plain)
        for item in value if isinstance(value, list) else [value]:
            for said in speak(item, shorten):
                url = item.get("url", "") if isinstance(item, Mapping) else ""
                yield Line(field, said, url)


def _plain(value: Any, shorten: Shorten) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield "; ".join(f"{key}: {inner}" for key, inner in value.items())
    else:
        yield str(value)


def _extras(item: Mapping[str, Any], *done: str) -> str:
    """Return what an item says beyond the fields already spoken of, after a dash."""
    rest = [_extra(key, value) for key, value in item.items() if key not in done]
    return f" — {'; '.join(rest)}" if rest else ""


def _extra(key: str, value: Any) -> str:
    shown = ", ".join(value) if isinstance(value, list) else str(value)
    return shown if key in ("as", "note", "did", "what", "phase", "of") else f"{key.replace('_', ' ')} {shown}"


def _name(key: str) -> Callable[[Any, Shorten], Iterator[str]]:
    def speak(item: Any, shorten: Shorten) -> Iterator[str]:
        yield item[key] + _extras(item, key)

    return speak


def _date(item: Any, shorten: Shorten) -> Iterator[str]:
    yield f"{dates.human(item['start'], item.get('end'))}: {item['what']}"


def _place(item: Any, shorten: Shorten) -> Iterator[str]:
    where = [item[key] for key in ("venue", "city", "country") if key in item]
    yield ", ".join(where) + _extras(item, "venue", "city", "country")


def _attendance(item: Any, shorten: Shorten) -> Iterator[str]:
    if "count" in item:
        yield f"{item['count']:,} people"
    for part in item.get("breakdown", ()):
        yield f"{part['count']:,} {part['of']}"
    for key in ("countries", "bodies"):
        if key in item:
            yield f"{key}: {', '.join(shorten(name) for name in item[key])}"
    yield from item.get("groups", ())
    if "note" in item:
        yield f"({item['note']})"


def _members(item: Any, shorten: Shorten) -> Iterator[str]:
    count = f" ({item['count']})" if "count" in item else ""
    names = [shorten(name) for key in ("countries", "bodies") for name in item.get(key, ())]
    note = f" — {item['note']}" if "note" in item else ""
    yield f"{item['of']}{count}" + (f": {', '.join(names)}" if names else "") + note


def _person(item: Any, shorten: Shorten) -> Iterator[str]:
    role = [item[key] for key in ("role", "body", "country") if key in item]
    described = [f"{item['name']}"]
    if role:
        described.append(", ".join(dict.fromkeys(role)))
    done = [item[key] for key in ("did", "note") if key in item]
    if item.get("present") is False:
        done.append("not there")
    yield ", ".join(described) + (f" — {'; '.join(done)}" if done else "")


def _figure(item: Any, shorten: Shorten) -> Iterator[str]:
    number = f"{item['value']:,}" + (f"–{item['to']:,}" if "to" in item else "")
    unit = item.get("unit", "")
    amount = f"{number}{'' if unit == '%' else ' '}{unit}".strip()
    printed = f" (printed: {item['printed']})" if "printed" in item else ""
    yield f"{amount}: {item['of']}{printed}"


def _statement(item: Any, shorten: Shorten) -> Iterator[str]:
    yield f"{item['by']}: {item['says']}"


def _document(item: Any, shorten: Shorten) -> Iterator[str]:
    made = [item[key] for key in ("by",) if key in item] + [dates.human(item["date"]) for _ in "1" if "date" in item]
    yield item["name"] + (f" ({', '.join(made)})" if made else "") + _extras(item, "name", "by", "date", "url")


def _link(item: Any, shorten: Shorten) -> Iterator[str]:
    name = item.get("name") or item.get("page") or ""
    yield f"{name}: {item['url']}" if name and "url" in item else item.get("url", name)


def _related(item: Any, shorten: Shorten) -> Iterator[str]:
    yield item["event"] + (f" — {item['why']}" if "why" in item else "")


def _source(item: Any, shorten: Shorten) -> Iterator[str]:
    page = item.get("page", "")
    if "entry" in item:
        page = f"{page}, entry {item['entry']}".lstrip(", ")
    said = [page] if page else []
    if "dated" in item:
        said.append(f"dated “{item['dated']}”")
    if "section" in item:
        said.append(item["section"])
    if item.get("heading_only"):
        said.append("a heading without text")
    if item.get("more"):
        said.append("points to a fuller report (MORE)")
    if "url" in item:
        said.append(item["url"])
    yield "; ".join(said)
    for key, label in (("photos", "Photo"), ("captions", "Caption")):
        counted: dict[str, int] = {}
        for credit in item.get(key, ()):
            counted[credit] = counted.get(credit, 0) + 1
        yield from (f"{label}: {credit}{f' ({n} times)' if n > 1 else ''}" for credit, n in counted.items())


def _paragraphs(value: Any, shorten: Shorten) -> Iterator[str]:
    yield from text.paragraphs(value)


_SPEAKERS: dict[str, Callable[[Any, Shorten], Iterator[str]]] = {
    "dates": _date,
    "places": _place,
    **{role: _name("body") for role in ("organisers", "hosts", "partners", "funders", "patrons")},
    **dict.fromkeys(("participants", "invited", "absent", "concerns", "mentioned"), _attendance),
    "members": _members,
    "people": _person,
    "projects": _name("project"),
    "instruments": _name("instrument"),
    "figures": _figure,
    "statements": _statement,
    "documents": _document,
    "links": _link,
    "related": _related,
    "source": _source,
    "summary": _paragraphs,
}
