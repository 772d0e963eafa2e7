"""Whole records, or the fields asked for, under the catalogue's own names: JSON and YAML."""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from archivecli import text
from archivecli.events import Hit, Record
from archivecli.render import columns
from archivecli.render.formats import Asked, Rows


def as_json(rows: Rows, asked: Asked) -> Iterator[str]:
    """One list of whole records; a search adds ``hit`` with the score, the matched parts and whether it is partial."""
    opened = False
    for hit in rows:
        yield ",\n" if opened else "[\n"
        opened = True
        yield text.json_safe(json.dumps(_record(hit, asked), ensure_ascii=False, indent=2))
    yield "\n]\n" if opened else "[]\n"


def as_jsonl(rows: Rows, asked: Asked) -> Iterator[str]:
    """One record a line."""
    for hit in rows:
        yield text.json_safe(json.dumps(_record(hit, asked), ensure_ascii=False, separators=(",", ":"))) + "\n"


def _record(hit: Hit, asked: Asked) -> Record:
    if asked.fields:
        return {path: columns.value(hit, path) for path in asked.fields}
    if hit.reasons:
        return {**hit.event.record, "hit": {"score": round(hit.score, 3), "reasons": list(hit.reasons)}}
    if not hit.score and not hit.fields:
        return hit.event.record
    return {
        **hit.event.record,
        "hit": {name[4:]: columns.value(hit, name) for name in columns.FOUND if name != "hit.reasons"},
    }


def as_yaml(rows: Rows, asked: Asked) -> Iterator[str]:
    """A catalogue of the events, which this program opens again; with fields asked for, a list of those."""
    import yaml

    found = _records(rows, asked) if asked.fields else _whole(rows)
    dumper = _dumper()
    opened = False
    for record in found:
        yield "" if opened or asked.fields else "events:\n"
        opened = True
        yield yaml.dump([dict(record)], Dumper=dumper, allow_unicode=True, sort_keys=False, width=100, indent=2)
    if not opened:
        yield "[]\n" if asked.fields else "events: []\n"


def _records(rows: Rows, asked: Asked) -> Iterator[Record]:
    for hit in rows:
        yield _record(hit, asked)


def _whole(rows: Rows) -> Iterator[Record]:
    """Yield the records, without relations to events that are left out: a catalogue may not point to what it has not."""
    coming = iter(rows)
    kept: set[str] = set()
    for hit in coming:
        if "related" in hit.event.record:
            break
        kept.add(hit.event.id)
        yield hit.event.record
    else:
        return
    held = deque((hit, *coming))  # which of the others are kept, is known at the end only
    kept.update(hit.event.id for hit in held)
    while held:
        record = held.popleft().event.record
        related = [other for other in record.get("related", ()) if other["event"] in kept]
        yield {
            name: related if name == "related" else value
            for name, value in record.items()
            if name != "related" or related
        }


def _dumper() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same text, ten times as fast

    class Dumper(base):  # type: ignore[misc]
        """Never writes an alias, which a catalogue may not have."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    return Dumper
