"""Whole records, or the fields asked for, under the catalogue's own names: JSON and YAML."""

import json
from collections.abc import Iterator, Mapping
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
    return {**hit.event.record, "hit": {name[4:]: columns.value(hit, name) for name in columns.FOUND}}


def as_yaml(rows: Rows, asked: Asked) -> Iterator[str]:
    """A catalogue of the events, which this program opens again; with fields asked for, a list of those."""
    import yaml

    dumper = _dumper()
    opened = False
    for hit in rows:
        record: Mapping[str, Any] = _record(hit, asked) if asked.fields else hit.event.record
        yield "" if opened or asked.fields else "events:\n"
        opened = True
        yield yaml.dump([dict(record)], Dumper=dumper, allow_unicode=True, sort_keys=False, width=100, indent=2)
    if not opened:
        yield "[]\n" if asked.fields else "events: []\n"


def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Never writes an alias, which a catalogue may not have."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    return Dumper
