"""Whole events as lines, ids, JSON and YAML, under the catalogue's own names."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from archivecli import dates, display
from archivecli.events import Event, Hit, Record
from archivecli.render import FormatContext, tabular
from archivecli.render.tabular import Table

_LINE = ("id", "when", "kind", "place", "title")


def ids(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one id a line, or each ended by NUL."""
    ending = "\0" if context.null else "\n"
    for hit in hits:
        yield hit.event.id + ending


def plain(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one line an event in aligned columns; no record is read for it."""
    return tabular.plain(Table(_LINE, map(_line, hits), of_events=True))


def _line(hit: Hit) -> dict[str, str]:
    line = {name: getattr(hit.event, name) for name in _LINE}
    if hit.reasons:
        line["title"] += f" ({'; '.join(hit.reasons)})"
    return line


def plain_record(event: Event, fields: Sequence[str] = ()) -> str:
    """Return an event as ``field: value`` lines, a line for each value: nothing cut, ISO dates."""
    if fields:
        from archivecli.render import columns

        pairs = columns.values(Hit(event), fields)
    else:
        from archivecli.render.describe import lines  # with the fields 2 ms, not for lists

        pairs = ((line.field.name, line.text) for line in lines(event, dates.iso))
    return "".join(f"{name}: {display.terminal_safe(value)}\n" for name, value in pairs)


def as_json(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one list of whole records; a search adds ``hit``: score, matched fields, whether it matches in part."""
    return tabular.as_json(_records(hits))


def as_jsonl(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write one record a line."""
    return tabular.as_jsonl(_records(hits))


def _records(hits: Iterable[Hit]) -> Table:
    return Table((), map(_with_hit, hits), of_events=True)


def _with_hit(hit: Hit) -> Record:
    found: Record = {}
    if hit.reasons:
        found = {"score": round(hit.score, 3), "reasons": list(hit.reasons)}
    elif hit.score or hit.fields:
        found = {"score": round(hit.score, 3), "fields": list(hit.fields), "partial": hit.partial}
    return {**hit.event.record, "hit": found} if found else hit.event.record


def as_yaml(hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
    """Write a catalogue of the events, which this program opens again."""
    from archivecli.render.yaml_writer import dump

    opened = False
    for record in _self_contained(hits):
        if not opened:
            yield "events:\n"
            opened = True
        yield dump([record])
    if not opened:
        yield "events: []\n"


def _self_contained(hits: Iterable[Hit]) -> Iterator[Record]:
    """Yield the records without relations to events left out: a catalogue may not point to what it does not have."""
    coming = iter(hits)
    kept: set[str] = set()
    for hit in coming:
        if "related" in hit.event.record:
            break
        kept.add(hit.event.id)
        yield hit.event.record
    else:
        return
    held = deque((hit, *coming))  # which of the others are kept is known only at the end
    kept.update(hit.event.id for hit in held)
    while held:
        record = held.popleft().event.record
        related = [other for other in record.get("related", ()) if other["event"] in kept]
        yield {
            name: related if name == "related" else value
            for name, value in record.items()
            if name != "related" or related
        }
