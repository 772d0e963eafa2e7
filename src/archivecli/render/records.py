"""Whole events as lines, ids, JSON, YAML and Markdown."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from archivecli import dates, display
from archivecli.events import Event, Hit, Record
from archivecli.render import FormatContext, tabular
from archivecli.render.tabular import Table, enclosed, escaped
from archivecli.schema import Schema

if TYPE_CHECKING:
    from archivecli.render.describe import Detail

_LINE = ("id", "when", "kind", "place", "title")


def ids(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one id a line, or each ended by NUL."""
    ending = "\0" if context.null else "\n"
    return (hit.event.id + ending for hit in hits)


def plain(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one line an event in aligned columns."""
    return tabular.plain(Table(_LINE, map(_line, hits), of_events=True))


def _line(hit: Hit) -> dict[str, str]:
    line = {name: getattr(hit.event, name) for name in _LINE}
    if hit.reasons:
        line["title"] += f" ({'; '.join(hit.reasons)})"
    return line


def plain_record(schema: Schema, event: Event, fields: Sequence[str] = ()) -> str:
    """Return an event as ``field: value`` lines, one for each value; dates are ISO."""
    if fields:
        from archivecli.render import columns

        pairs = columns.values(schema, Hit(event), fields)
    else:
        from archivecli.render.describe import lines  # with the fields 2 ms, not for lists

        pairs = ((line.field.name, line.text) for line in lines(schema, event, dates.iso))
    return "".join(f"{name}: {display.terminal_safe(value)}\n" for name, value in pairs)


def as_json(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one list of whole records; a search adds ``hit``: score, matched fields, whether words are missing."""
    return tabular.as_json(Table((), map(_with_hit, hits), of_events=True))


def as_jsonl(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one record a line."""
    return tabular.as_jsonl(Table((), map(_with_hit, hits), of_events=True))


def _with_hit(hit: Hit) -> Record:
    found: Record = {"fields": list(hit.fields), "partial": hit.partial}
    if hit.reasons:
        found = {"reasons": list(hit.reasons)}
    elif not hit.score and not hit.fields:
        return hit.event.record
    return {**hit.event.record, "hit": {"score": round(hit.score, 3), **found}}


def as_yaml(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write a catalogue of the events, which this program opens again."""
    return enclosed(map(tabular.to_yaml, _self_contained(hits)), "events:\n", "", "", "events: []\n")


def _self_contained(hits: Iterable[Hit]) -> Iterator[Record]:
    """Yield the records without relations to events that are not among the hits, which would be invalid."""
    coming = iter(hits)
    kept: set[str] = set()
    for hit in coming:
        if "related" in hit.event.record:
            break
        kept.add(hit.event.id)
        yield hit.event.record
    else:
        return
    held = deque((hit, *coming))  # from the first relation on, which ids are known is clear only at the end
    kept.update(hit.event.id for hit in held)
    while held:
        record = held.popleft().event.record
        related = [other for other in record.get("related", ()) if other["event"] in kept]
        changed = {name: related if name == "related" else value for name, value in record.items()}
        yield {name: value for name, value in changed.items() if name != "related" or related}


def as_markdown(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write a section an event: heading, date, place, kind and id, the summary, then every field."""
    return enclosed((_section(context.schema, hit.event) for hit in hits), "", "\n", "", "")


def _section(schema: Schema, event: Event) -> str:
    from archivecli.render.describe import lines  # as above

    head = [f"**{dates.human(event.start, event.end)}**", escaped(event.place), escaped(event.kind), _code(event.id)]
    groups: dict[str, list[Detail]] = defaultdict(list)
    for line in lines(schema, event):
        if line.field.name not in ("id", "title", "kind", "start", "end"):
            groups[line.field.label or line.field.group].append(line)
    parts = [f"## {escaped(event.title)}", " · ".join(filter(None, head))]
    parts += [escaped(line.text) for line in groups.pop("Summary", [])]
    items = "\n".join(_item(label, found) for label, found in groups.items())
    return "\n\n".join([*parts, items] if items else parts) + "\n"


def _code(value: str) -> str:
    """Return a code span, with more backticks around it than there are inside."""
    fence = max(re.findall("`+", value), default="") + "`"
    return f"{fence} {value} {fence}" if "`" in value else f"`{value}`"


def _item(label: str, found: "list[Detail]") -> str:
    if len(found) == 1:
        return f"- **{label}:** {_linked(found[0])}"
    return "\n".join([f"- **{label}:**", *(f"  - {_linked(line)}" for line in found)])


def _linked(line: "Detail") -> str:
    """Return a value, as a link if it has a URL; angle brackets keep the URL as it is."""
    if not line.url:
        return escaped(line.text)
    url = re.compile(rf"(?:^|[:;] ){re.escape(line.url)}(?=$| — )")
    return f"[{escaped(url.sub('', line.text, count=1) or line.url)}](<{line.url}>)"
