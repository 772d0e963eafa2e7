"""Events → data for other programs: a format is one function, events in, pieces of text out, and no terminal."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from archivecli import text
from archivecli.events import Event, Hit, Record, texts

ROW = ("id", "start", "end", "title", "kind", "place")

Rows = Iterable[Hit]


def as_json(hits: Rows) -> Iterator[str]:
    """One list of whole records; a search adds ``hit`` with the score, the matched parts and whether it is partial."""
    opened = False
    for hit in hits:
        yield ",\n" if opened else "[\n"
        opened = True
        yield json.dumps(_with_hit(hit), ensure_ascii=False, indent=2)
    yield "\n]\n" if opened else "[]\n"


def as_jsonl(hits: Rows) -> Iterator[str]:
    """One record a line."""
    for hit in hits:
        yield json.dumps(_with_hit(hit), ensure_ascii=False, separators=(",", ":")) + "\n"


def _with_hit(hit: Hit) -> Record:
    if not hit.score and not hit.fields:
        return hit.event.record
    found = {"score": round(hit.score, 3), "fields": list(hit.fields), "partial": hit.partial}
    return {**hit.event.record, "hit": found}


def as_yaml(hits: Rows) -> Iterator[str]:
    """A catalogue of the events, which this program opens again."""
    import yaml

    opened = False
    for hit in hits:
        yield "" if opened else "events:\n"
        opened = True
        yield yaml.dump(
            [dict(hit.event.record)], Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=100, indent=2
        )
    if not opened:
        yield "events: []\n"


def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes dates as a catalogue has them, bare, and never an alias."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    return Dumper


def flat(record: Record) -> dict[str, str]:
    """Return a record as one text a field: several values are joined by "; ", parts of a value by ", "."""
    return {name: _cell(value) for name, value in record.items()}


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_cell(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(", ".join(texts(item)) if isinstance(item, Mapping) else _cell(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def columns_of(event: Event) -> dict[str, str]:
    """Return the columns of a table of events: id, start, end, title, kind, place."""
    return {name: getattr(event, name) for name in ROW}


def as_csv(hits: Rows) -> Iterator[str]:
    """Comma-separated values with a heading (RFC 4180)."""
    yield from _separated(hits, ",", "\r\n")


def as_tsv(hits: Rows) -> Iterator[str]:
    """Tab-separated values with a heading; tabs and line breaks inside a value become blanks."""
    yield "\t".join(ROW) + "\n"
    for hit in hits:
        yield "\t".join(text.joined(value) for value in columns_of(hit.event).values()) + "\n"


def _separated(hits: Rows, delimiter: str, ending: str) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ending)
    writer.writerow(ROW)
    for hit in hits:
        writer.writerow(_harmless(value) for value in columns_of(hit.event).values())
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _harmless(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def as_ids(hits: Rows) -> Iterator[str]:
    """One id a line."""
    for hit in hits:
        yield hit.event.id + "\n"


PLAIN_CHUNK = 500


def as_plain(hits: Rows) -> Iterator[str]:
    """One line an event in aligned columns: id, date, kind, place, title; nothing is cut."""
    chunk: list[tuple[str, ...]] = []
    widths = [0, 0, 0, 0]
    for hit in hits:
        event = hit.event
        chunk.append((event.id, event.when, event.kind or "-", event.place or "-", event.title))
        if len(chunk) == PLAIN_CHUNK:
            yield _aligned(chunk, widths)
            chunk = []
    yield _aligned(chunk, widths)


def _aligned(rows: list[tuple[str, ...]], widths: list[int]) -> str:
    """Align rows; ``widths`` grows from chunk to chunk, so that a long list never has to be held whole."""
    cleaned = [[text.one_line(cell) for cell in row] for row in rows]
    for place in range(len(widths)):
        widths[place] = max([widths[place], *(text.width(row[place]) for row in cleaned)])
    return "".join(
        "  ".join([*(text.pad(cell, size) for cell, size in zip(row, widths, strict=False)), row[-1]]) + "\n"
        for row in cleaned
    )


class Format(NamedTuple):
    """A way to write events: ``write`` gives pieces of text, ``suffixes`` are those of files written so."""

    write: Callable[[Rows], Iterator[str]]
    suffixes: tuple[str, ...]
    about: str


FORMATS: dict[str, Format] = {
    "plain": Format(as_plain, (".txt",), "one line an event, aligned, nothing cut (what a pipe gets)"),
    "json": Format(as_json, (".json",), "a list of whole records"),
    "jsonl": Format(as_jsonl, (".jsonl", ".ndjson"), "a whole record a line"),
    "csv": Format(as_csv, (".csv",), "for spreadsheets"),
    "tsv": Format(as_tsv, (".tsv",), "tab-separated values"),
    "yaml": Format(as_yaml, (".yaml", ".yml"), "a catalogue of the events"),
    "ids": Format(as_ids, (), "one id a line"),
}
"""Every format by name; choices, help and documents derive from this table."""
