"""Events → data for other programs: a format is one function in this room and one line in ``FORMATS``.

Such a function takes hits and what was asked of them, yields pieces of text, and knows no terminal.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from archivecli.events import Hit

Rows: TypeAlias = Iterable[Hit]


def _unknown(page: str) -> str:
    return ""


class Asked(NamedTuple):
    """What a format must know beside the events.

    ``fields``: the paths to write, in order, all that the format has unless told; ``bom``: begin with a byte-order mark;
    ``null``: end an id with NUL instead of a line break; ``about``: what the catalogue says of itself; ``address``: the
    address of a page of the vocabulary, empty where it is not known.
    """

    fields: tuple[str, ...] = ()
    bom: bool = False
    null: bool = False
    about: Mapping[str, Any] = {}
    address: Callable[[str], str] = _unknown


class Format(NamedTuple):
    """A way to write events.

    ``source`` is the module of this room and its function; the module is imported when the format is used. ``suffixes``
    are those of files written so; ``takes`` names what can be asked of it: fields, bom, null.
    """

    source: str
    suffixes: tuple[str, ...]
    about: str
    takes: tuple[str, ...] = ()

    def write(self, rows: Rows, asked: Asked) -> Iterator[str]:
        """Yield the events as pieces of text."""
        module, function = self.source.split(".")
        found = getattr(importlib.import_module(f"{__name__}.{module}"), function)
        return cast(Iterator[str], found(rows, asked))


FORMATS: dict[str, Format] = {
    "plain": Format("lines.plain", (".txt",), "one line an event, aligned, nothing cut", ("fields",)),
    "json": Format("records.as_json", (".json",), "a list of whole records", ("fields",)),
    "jsonl": Format("records.as_jsonl", (".jsonl", ".ndjson"), "a whole record a line", ("fields",)),
    "csv": Format("sheets.as_csv", (".csv",), "a sheet for spreadsheets", ("fields", "bom")),
    "tsv": Format("sheets.as_tsv", (".tsv", ".tab"), "the same sheet, separated by tabs", ("fields", "bom")),
    "yaml": Format("records.as_yaml", (".yaml", ".yml"), "a catalogue of the events", ("fields",)),
    "markdown": Format("markdown.as_markdown", (".md", ".markdown"), "sections for a document or a wiki", ("fields",)),
    "ics": Format("icalendar.as_ics", (".ics",), "all-day events for a calendar (RFC 5545)"),
    "jsonld": Format("linked.as_jsonld", (".jsonld",), "schema.org events for web pages and linked data"),
    "bibtex": Format("references.as_bibtex", (".bib",), "references for BibTeX, BibLaTeX and JabRef"),
    "ris": Format("references.as_ris", (".ris",), "references for EndNote, Zotero and Mendeley"),
    "csl-json": Format("references.as_csl", (".csl.json",), "references for Zotero, pandoc and citeproc"),
    "ids": Format("lines.ids", (".ids",), "one id a line", ("null",)),
}
"""Every format by name; choices, help and documents derive from this table."""


def by_suffix(name: str) -> str | None:
    """Return the format that a file of this name is written in, the longest suffix first; None for an unknown one."""
    pairs = [(suffix, format_) for format_, known in FORMATS.items() for suffix in known.suffixes]
    ends = [pair for pair in pairs if name.lower().endswith(pair[0])]
    return max(ends, key=lambda pair: len(pair[0]))[1] if ends else None
