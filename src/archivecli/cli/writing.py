"""Answers → stdout or a file, in the format that was asked for, or that suits a terminal or a pipe."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from archivecli import display
from archivecli.archive import Archive
from archivecli.cli.output import Output
from archivecli.cli.output_options import TABLE, OutputOptions
from archivecli.events import Event, Hit
from archivecli.render import FORMATS, ROW_FORMATS, FormatContext

if TYPE_CHECKING:
    from archivecli.render.card import Link
    from archivecli.render.event_table import EventRow
    from archivecli.render.tabular import View
    from archivecli.search.rank import Outcome

RELATED = 3
"""So many related events are named below a card."""


def write_events(
    out: Output,
    archive: Archive,
    hits: Iterable[Hit],
    options: OutputOptions,
    outcome: "Outcome | None" = None,
    scored: bool = False,
) -> bool:
    """Write events one a line or row; return whether there were any. ``scored``: the hits have more than their events."""
    name = options.name(out)
    context = _context(options, archive, scored or outcome is not None)
    counted = _Counted(map(_in_ascii, hits) if _ascii_columns(out, options, name) else hits)
    if name != TABLE:
        _deliver(out, options, name, FORMATS[name].write(counted, context))
    elif found := list(counted):
        _show_table(out, archive, found, context.fields, outcome)
    _say_written(out, options, counted.number)
    return counted.number > 0


def write_records(out: Output, archive: Archive, events: Sequence[Event], options: OutputOptions) -> None:
    """Write whole events: a card each at a terminal, ``field: value`` lines in a pipe, or a data format."""
    name = options.name(out)
    context = _context(options, archive)
    if name == TABLE:
        _show_cards(out, archive, events, context.fields)
    elif name == "plain":
        from archivecli.render.records import plain_record

        records = (plain_record(event, context.fields) for event in events)
        _deliver(out, options, name, (f"\n{record}" if number else record for number, record in enumerate(records)))
    else:
        _deliver(out, options, name, FORMATS[name].write(map(Hit, events), context))
    _say_written(out, options, len(events))


def write_view(out: Output, view: "View", options: OutputOptions) -> None:
    """Write a view: a drawing at a terminal, rows elsewhere."""
    name = options.name(out, ROW_FORMATS)
    if name == TABLE:
        from archivecli.render.theme import Screen

        out.show(*view.draw(Screen(out.width, out.unicode)))
        return
    table = view.pivot if view.pivot is not None and FORMATS[name].pivots else view.table
    if _ascii_columns(out, options, name):
        table = table._replace(rows=map(display.ascii_values, table.rows))
    _deliver(out, options, name, FORMATS[name].write_table(table))
    if options.file is not None:
        out.remark(f"written to {options.file}")


def _ascii_columns(out: Output, options: OutputOptions, name: str) -> bool:
    """Tell whether strings become ASCII before columns are aligned: what is measured must be what is printed."""
    return not out.unicode and (name == TABLE or _plain_at_terminal(out, options, name))


def _plain_at_terminal(out: Output, options: OutputOptions, name: str) -> bool:
    """Tell whether plain lines are for a person; elsewhere they are data, in UTF-8."""
    return name == "plain" and out.terminal and options.file is None


def _in_ascii(hit: Hit) -> Hit:
    return hit._replace(event=hit.event.in_ascii(), reasons=tuple(map(display.ascii_only, hit.reasons)))


class _Counted:
    """Passes hits on and counts them."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.hits = hits
        self.number = 0

    def __iter__(self) -> Iterator[Hit]:
        for hit in self.hits:
            self.number += 1
            yield hit


def _context(options: OutputOptions, archive: Archive, searched: bool = False) -> FormatContext:
    fields: tuple[str, ...] = ()
    if options.fields is not None:
        from archivecli.render import columns

        fields = columns.chosen(options.fields, searched)
    return FormatContext(fields, options.bom, options.null, archive.about, lambda page: archive.term("pages", page).url)


def _deliver(out: Output, options: OutputOptions, name: str, pieces: Iterable[str]) -> None:
    """Write to a file, whole, or to standard output."""
    if options.file is not None:
        out.write_file(options.file, pieces, options.force)
    elif _plain_at_terminal(out, options, name):
        out.write(pieces)
    else:
        out.write_data(pieces)


def _say_written(out: Output, options: OutputOptions, number: int) -> None:
    if options.file is not None:
        out.remark(f"{display.plural(number, 'event')} written to {options.file}")


# At a terminal: Rich, 40 ms, is imported only here


def _show_table(
    out: Output, archive: Archive, hits: Sequence[Hit], fields: Sequence[str], outcome: "Outcome | None"
) -> None:
    from archivecli.render.event_table import event_table, field_table

    if fields:
        out.show(*field_table(_rows(archive, hits, None), fields, out.width))
    else:
        total = len(hits) if outcome is None else outcome.total
        out.show(*event_table(_rows(archive, hits, outcome), total, out.width))


def _rows(archive: Archive, hits: Sequence[Hit], outcome: "Outcome | None") -> "list[EventRow]":
    from archivecli.render.event_table import EventRow, reasons

    if outcome is None or not outcome.reading.terms:
        passages = {hit.event.id: reasons(hit) for hit in hits if hit.reasons}
    else:
        from archivecli.render.highlight import Highlighter

        terms = [[word for one in term.alternatives for word in one.words] for term in outcome.reading.terms]
        passages = Highlighter(terms, archive.stems).passages([hit.event for hit in hits])
    return [EventRow(hit, archive.short_id(hit.event.id), passages.get(hit.event.id)) for hit in hits]


def _show_cards(out: Output, archive: Archive, events: Sequence[Event], fields: Sequence[str]) -> None:
    from archivecli.render.card import card, field_card
    from archivecli.render.theme import Screen

    for number, event in enumerate(events):
        shown = event if out.unicode else event.in_ascii()
        if fields:
            out.show(*field_card(Hit(shown), fields))
            continue
        if number:
            out.show("")
        out.show(*card(shown, _links(archive, event), Screen(out.width, out.unicode), out.suggested("")))


def _links(archive: Archive, event: Event) -> "list[Link]":
    """Return the events before and after one, and those that have most in common with it."""
    from archivecli.render.card import Link

    before, after = archive.neighbours(event)
    others = [("earlier", before), ("later", after)]
    others += [("related", relation.event) for relation in archive.related(event, RELATED)]
    return [Link(word, archive.short_id(other.id), other.title) for word, other in others if other is not None]
