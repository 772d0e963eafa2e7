"""Whole records, or the fields asked for, under the catalogue's own names: JSON and YAML."""

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from archivecli import display
from archivecli.events import Hit, Record
from archivecli.patterns import lazily
from archivecli.render import columns
from archivecli.render.formats import Asked, Rows


def as_json(rows: Rows, asked: Asked) -> Iterator[str]:
    """One list of whole records; a search adds ``hit`` with the score, the matched parts and whether it is partial."""
    opened = False
    for hit in rows:
        yield ",\n" if opened else "[\n"
        opened = True
        yield display.json_safe(json.dumps(_record(hit, asked), ensure_ascii=False, indent=2))
    yield "\n]\n" if opened else "[]\n"


def as_jsonl(rows: Rows, asked: Asked) -> Iterator[str]:
    """One record a line."""
    for hit in rows:
        yield display.json_safe(json.dumps(_record(hit, asked), ensure_ascii=False, separators=(",", ":"))) + "\n"


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
        written = yaml.dump([dict(record)], Dumper=dumper, allow_unicode=True, sort_keys=False, width=100, indent=2)
        yield display.json_safe(_ESCAPED.sub(_unescaped, written) if "\\U" in written else written)
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


_RESERVED = frozenset("null true false yes no on off y n".split())
"""Words that some reader takes for a truth value or for nothing, in any capitals."""

_WORD = lazily(r"(?:[0-9]{4}(?:-[0-9]{2}){0,2}-)?[^\W\d_]")
"""How text begins that no reader takes for a number, a date or a symbol: with a letter, or as an id does."""


def _style(value: str) -> str | None:
    """Return the quotes that ``value`` needs so that every reader of YAML 1.1, YAML 1.2 and Psych takes it for text.

    Text that is not clearly a word is quoted, instead of the numbers and dates of each reader being listed.
    """
    if display.json_safe(value) != value or "\\U" in value:
        return '"'  # the only style that has escapes; JSON's are among them
    return None if _WORD.match(value) and value.lower() not in _RESERVED else "'"


_ESCAPED = lazily(r"\\(?:\\|U([0-9A-F]{8}))")


def _unescaped(match: re.Match[str]) -> str:
    """Return a character beyond U+FFFF in place of the escape that libyaml makes of each, also of an emoji."""
    character = chr(int(match[1], 16)) if match[1] else ""
    return character if character.isprintable() and character else match.group()


def _number(value: float) -> str:
    """Return a float without an exponent, which a catalogue does not take; its numbers have at most six decimals."""
    written = repr(value)
    return f"{value:.6f}" if "e" in written else written


def _dumper() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same text, ten times as fast

    class Dumper(base):  # type: ignore[misc]
        """Writes plain data: no aliases, and no text that a reader could take for something else."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def represent_text(self, data: str) -> Any:
            return self.represent_scalar("tag:yaml.org,2002:str", data, style=_style(data))

        def represent_number(self, data: float) -> Any:
            return self.represent_scalar("tag:yaml.org,2002:float", _number(data))

    Dumper.add_representer(str, Dumper.represent_text)
    Dumper.add_representer(float, Dumper.represent_number)
    return Dumper
