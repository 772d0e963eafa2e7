"""Events and views → text. A format is a line in ``FORMATS`` and a function for whole events, for rows, or for both.

Modules are imported when they are used: most commands need one of them, and only people at a terminal need Rich.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archivecli.events import Hit

if TYPE_CHECKING:
    from archivecli.render.tabular import Table


def _no_url(page: str) -> str:
    return ""


class FormatContext(NamedTuple):
    """What a format must know beside the events.

    ``fields``: the paths to write, empty for whole events; ``bom``: begin with a byte-order mark; ``null``: end an id with
    NUL instead of a line break; ``about``: what the catalogue says of itself; ``page_url``: returns the URL of a page of
    the vocabulary, "" where it is not known.
    """

    fields: tuple[str, ...] = ()
    bom: bool = False
    null: bool = False
    about: Mapping[str, Any] = {}
    page_url: Callable[[str], str] = _no_url


class Format(NamedTuple):
    """A way to write events, and rows where it has ``rows``.

    ``events`` is the module and the function that writes whole events, ``rows`` the function of ``tabular`` for rows;
    ``pivoted``: a table of one field by another is written as such; ``options``: what can be asked of it beside fields;
    ``shows_matches``: it writes in which fields a search found its words, which takes as long to find out as the search.
    """

    events: str
    rows: str
    suffixes: tuple[str, ...]
    about: str
    options: tuple[str, ...] = ()
    pivoted: bool = False
    shows_matches: bool = False

    @property
    def takes(self) -> tuple[str, ...]:
        """The options that can be asked of it: fields, bom, null."""
        return ("fields", *self.options) if self.rows else self.options

    def write(self, hits: Iterable[Hit], context: FormatContext) -> Iterator[str]:
        """Yield events piece by piece: whole, or the fields asked for."""
        if context.fields:
            from archivecli.render import columns  # with the fields 2 ms, not for most lists

            return self.write_table(columns.table(hits, context.fields), context.bom)
        module, function = self.events.split(".")
        writer: Callable[..., Iterator[str]] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
        return writer(hits, context)

    def write_table(self, table: "Table", bom: bool = False) -> Iterator[str]:
        """Yield rows piece by piece."""
        from archivecli.render import tabular

        writer: Callable[..., Iterator[str]] = getattr(tabular, self.rows)
        return writer(table, bom) if "bom" in self.options else writer(table)


FORMATS: dict[str, Format] = {
    "plain": Format("records.plain", "plain", (".txt",), "one line an event, aligned, nothing cut"),
    "json": Format("records.as_json", "as_json", (".json",), "a list of whole records", shows_matches=True),
    "jsonl": Format("records.as_jsonl", "as_jsonl", (".jsonl", ".ndjson"), "a whole record a line", shows_matches=True),
    "csv": Format("records.as_csv", "as_csv", (".csv",), "a table for spreadsheets", ("bom",), pivoted=True),
    "tsv": Format(
        "records.as_tsv", "as_tsv", (".tsv", ".tab"), "the same table, separated by tabs", ("bom",), pivoted=True
    ),
    "yaml": Format("records.as_yaml", "as_yaml", (".yaml", ".yml"), "a catalogue of the events"),
    "markdown": Format(
        "markdown.as_markdown",
        "as_markdown",
        (".md", ".markdown"),
        "sections for a document or a wiki",
        pivoted=True,
    ),
    "ics": Format("icalendar.as_ics", "", (".ics",), "all-day events for a calendar (RFC 5545)"),
    "jsonld": Format("jsonld.as_jsonld", "", (".jsonld",), "schema.org events for web pages and linked data"),
    "bibtex": Format("references.as_bibtex", "", (".bib",), "references for BibTeX, BibLaTeX and JabRef"),
    "ris": Format("references.as_ris", "", (".ris",), "references for EndNote, Zotero and Mendeley"),
    "csl-json": Format("references.as_csl", "", (".csl.json",), "references for Zotero, pandoc and citeproc"),
    "ids": Format("records.ids", "", (".ids",), "one id a line", ("null",)),
}
"""Every format by name; choices, help and documents derive from this table."""

ROW_FORMATS = {name: format_ for name, format_ in FORMATS.items() if format_.rows}
"""The formats in which views are written."""


def by_suffix(name: str, formats: Mapping[str, Format] = FORMATS) -> str | None:
    """Return the format that a file of this name is written in, the longest suffix first; None for an unknown one."""
    pairs = [(suffix, format_) for format_, known in formats.items() for suffix in known.suffixes]
    ends = [pair for pair in pairs if name.lower().endswith(pair[0])]
    return max(ends, key=lambda pair: len(pair[0]))[1] if ends else None
