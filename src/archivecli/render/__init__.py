"""Events and views → text. A format is a line in ``FORMATS`` and a function for whole events, for rows, or for both.

Modules are imported when they are used: most commands need only one of them.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archivecli.events import Hit
from archivecli.schema import Schema

if TYPE_CHECKING:
    from archivecli.render.tabular import Table


class FormatContext(NamedTuple):
    """What a format needs beside the events.

    ``schema``: what the events can have; ``fields``: the paths to write, empty for whole events; ``bom``: begin with a
    byte-order mark; ``null``: end an id with NUL instead of a line break; ``about``: the catalogue's own description;
    ``page_url``: returns the URL of a page of the vocabulary, or "".
    """

    schema: Schema
    fields: tuple[str, ...] = ()
    bom: bool = False
    null: bool = False
    about: Mapping[str, Any] = {}
    page_url: Callable[[str], str] = lambda page: ""


class Format(NamedTuple):
    """A way to write events, and rows if it has ``rows``, a function of ``tabular``.

    ``events`` is the module and function for whole events; without it, they are rows of the fields that fit in a cell.
    ``options`` are those it takes beside fields; ``pivots``: it shows one field across and one down, in a cross table;
    ``shows_matches``: it shows the fields in which a search matched, which takes as long to find as the search.
    """

    suffixes: tuple[str, ...]
    about: str
    events: str = ""
    rows: str = ""
    options: tuple[str, ...] = ()
    pivots: bool = False
    shows_matches: bool = False

    @property
    def takes(self) -> tuple[str, ...]:
        """The options that it takes: fields, bom, null."""
        return ("fields", *self.options) if self.rows else self.options

    def write(self, hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
        """Yield whole events, or the fields asked for, in parts."""
        if context.fields or not self.events:
            from archivecli.render import columns  # with the fields 2 ms, not for most lists

            fields = context.fields or columns.SPREADSHEET
            return self.write_table(columns.table(context.schema, hits, fields), context.bom)
        module, function = self.events.split(".")
        writer: Callable[..., Iterator[str]] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
        return writer(hits, context)

    def write_table(self, table: "Table", bom: bool = False) -> Iterator[str]:
        """Yield rows in parts."""
        from archivecli.render import tabular

        writer: Callable[..., Iterator[str]] = getattr(tabular, self.rows)
        return writer(table, bom) if bom else writer(table)


FORMATS: dict[str, Format] = {
    "plain": Format((".txt",), "one line per event, aligned, nothing truncated", "records.plain", "plain"),
    "json": Format((".json",), "a list of whole records", "records.as_json", "as_json", shows_matches=True),
    "jsonl": Format(
        (".jsonl", ".ndjson"), "a whole record per line", "records.as_jsonl", "as_jsonl", shows_matches=True
    ),
    "csv": Format((".csv",), "a table for spreadsheets", "", "as_csv", ("bom",), pivots=True),
    "tsv": Format((".tsv", ".tab"), "the same table, separated by tabs", "", "as_tsv", ("bom",), pivots=True),
    "yaml": Format((".yaml", ".yml"), "a catalogue of the events", "records.as_yaml", "as_yaml"),
    "markdown": Format(
        (".md", ".markdown"), "sections for a document or a wiki", "records.as_markdown", "as_markdown", pivots=True
    ),
    "ics": Format((".ics",), "all-day events for a calendar (RFC 5545)", "icalendar.as_ics"),
    "jsonld": Format((".jsonld",), "schema.org events for web pages and linked data", "jsonld.as_jsonld"),
    "bibtex": Format((".bib",), "references for BibTeX, BibLaTeX and JabRef", "references.as_bibtex"),
    "ris": Format((".ris",), "references for EndNote, Zotero and Mendeley", "references.as_ris"),
    "csl-json": Format((".csl.json",), "references for Zotero, pandoc and citeproc", "references.as_csl"),
    "ids": Format((".ids",), "one id per line", "records.ids", options=("null",)),
}
"""Every format by name; option values, help and documentation derive from this table."""

ROW_FORMATS = {name: format_ for name, format_ in FORMATS.items() if format_.rows}
"""The formats of views."""


def by_suffix(name: str, formats: Mapping[str, Format] = FORMATS) -> str | None:
    """Return the format for a file name, by its longest known suffix; None for an unknown one."""
    names = {suffix: format_ for format_, known in formats.items() for suffix in known.suffixes}
    suffix = max(filter(name.lower().endswith, names), key=len, default="")
    return names.get(suffix)
