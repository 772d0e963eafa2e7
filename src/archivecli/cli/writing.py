"""Write answers to stdout or a file, in the format of the options, or report why there are none."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from archivecli import dates, display
from archivecli.archive import Archive
from archivecli.cli.options import TABLE, OutputOptions
from archivecli.cli.output import Output
from archivecli.dates import EVER, Period
from archivecli.events import Event, Hit
from archivecli.files import write_file
from archivecli.query.criteria import Among, During, HasValue, Not, Query
from archivecli.render import FORMATS, ROW_FORMATS, FormatContext

if TYPE_CHECKING:
    from archivecli.render.tabular import View
    from archivecli.search.rank import SearchResult

RELATED = 3  # events below a card


def write_events(
    out: Output,
    archive: Archive,
    hits: Iterable[Hit],
    options: OutputOptions,
    outcome: "SearchResult | None" = None,
    scored: bool = False,
) -> bool:
    """Write events one a line or row; return whether there were any. ``scored``: the hits have scores or reasons."""
    name = options.name(out)
    context = _context(options, archive, scored or outcome is not None)
    if not out.unicode and _is_for_people(out, options, name):  # before columns are aligned
        hits = (
            hit._replace(event=hit.event.in_ascii(), reasons=tuple(map(display.ascii_only, hit.reasons)))
            for hit in hits
        )
    number = 0

    def counted() -> Iterator[Hit]:
        nonlocal number
        for number, hit in enumerate(hits, 1):  # noqa: B007
            yield hit

    if name != TABLE:
        _deliver(out, options, name, FORMATS[name].write(counted(), context))
    elif found := list(counted()):
        _show_table(out, archive, found, context.fields, outcome)
    if options.file is not None:
        out.note(f"{display.plural(number, 'event')} written to {options.file}")
    return number > 0


def write_records(out: Output, archive: Archive, events: Sequence[Event], options: OutputOptions) -> None:
    """Write whole events: cards at a terminal, ``field: value`` lines in a pipe, or a data format."""
    name = options.name(out)
    context = _context(options, archive)
    if name == TABLE:
        _show_cards(out, archive, events, context.fields)
    elif name == "plain":
        from archivecli.render.records import plain_record

        records = (plain_record(archive.schema, event, context.fields) for event in events)
        _deliver(out, options, name, (f"\n{record}" if number else record for number, record in enumerate(records)))
    else:
        _deliver(out, options, name, FORMATS[name].write(map(Hit, events), context))
    if options.file is not None:
        out.note(f"{display.plural(len(events), 'event')} written to {options.file}")


def write_view(out: Output, view: "View", options: OutputOptions) -> None:
    """Write a view: a drawing at a terminal, rows elsewhere."""
    name = options.name(out, ROW_FORMATS)
    if name == TABLE:
        from archivecli.render.theme import Screen

        out.show(*view.draw(Screen(out.width, out.unicode)))
        return
    table = view.pivot if view.pivot is not None and FORMATS[name].pivots else view.table
    if not out.unicode and _is_for_people(out, options, name):
        table = table._replace(rows=map(display.ascii_values, table.rows))
    _deliver(out, options, name, FORMATS[name].write_table(table))
    if options.file is not None:
        out.note(f"written to {options.file}")


def _is_for_people(out: Output, options: OutputOptions, name: str) -> bool:
    """Return whether the answer is for the terminal, in its encoding; otherwise it is data, in UTF-8."""
    return name == TABLE or (name == "plain" and out.terminal and options.file is None)


def _context(options: OutputOptions, archive: Archive, searched: bool = False) -> FormatContext:
    fields: tuple[str, ...] = ()
    if options.fields is not None:
        from archivecli.render import columns

        fields = columns.chosen(archive.schema, options.fields, searched)
    return FormatContext(
        archive.schema, fields, options.bom, options.null, archive.index.meta["about"], archive.page_url
    )


def _deliver(out: Output, options: OutputOptions, name: str, pieces: Iterable[str]) -> None:
    if options.file is not None:
        write_file(options.file, pieces, options.force, out.reading)
    elif _is_for_people(out, options, name):
        out.write(pieces)
    else:
        out.write_data(pieces)


# At a terminal, with Rich


def _show_table(
    out: Output, archive: Archive, hits: Sequence[Hit], fields: Sequence[str], outcome: "SearchResult | None"
) -> None:
    from archivecli.render.event_table import EventRow, event_table, field_table
    from archivecli.render.theme import safe

    if outcome is None or fields or not outcome.interpretation.terms:
        passages = {hit.event.id: safe("; ".join(hit.reasons), "not bold") for hit in hits if hit.reasons}
    else:
        from archivecli.render.highlight import Highlighter

        terms = [[word for one in term.alternatives for word in one.words] for term in outcome.interpretation.terms]
        passages = Highlighter(archive.schema, terms, archive.stems).passages([hit.event for hit in hits])
    rows = [EventRow(hit, archive.index.short_id(hit.event.id), passages.get(hit.event.id)) for hit in hits]
    if fields:
        out.show(*field_table(archive.schema, rows, fields, out.width))
    else:
        out.show(*event_table(rows, len(hits) if outcome is None else outcome.total, out.width))


def _show_cards(out: Output, archive: Archive, events: Sequence[Event], fields: Sequence[str]) -> None:
    from archivecli.render.card import Link, card, field_card
    from archivecli.render.theme import Screen

    for number, event in enumerate(events):
        shown = event if out.unicode else event.in_ascii()
        if fields:
            out.show(*field_card(archive.schema, Hit(shown), fields))
            continue
        before, after = archive.index.neighbours(event)
        others = [("earlier", before), ("later", after)]
        others += [("related", relation.event) for relation in archive.related(event, RELATED)]
        links = [
            Link(word, archive.index.short_id(other.id), other.title) for word, other in others if other is not None
        ]
        screen = Screen(out.width, out.unicode)
        out.show(*[""] if number else [], *card(archive.schema, shown, links, screen, out.suggested("")))


# No event matches


def report_no_match(out: Output, archive: Archive, query: Query, outcome: "SearchResult | None" = None) -> None:
    """Report that no event matches, and why, unless the limit is 0."""
    if query.limit == 0:
        return
    if not archive.index.size:
        out.note("the catalogue holds no events")
        return
    out.note("no event matches")
    if outcome is not None:
        _report_words(out, outcome)
    match query.where:
        case During(period):
            _report_nearest(out, archive, period)
        case HasValue(facet, values):
            counting = out.suggested(f"archive count --by {facet}")
            out.note(f"no event has the {facet} {' or '.join(values)}: '{counting}' lists what there is")
    for node, number in archive.without_one_filter(query.where):
        from archivecli.query.unparse import arguments  # with the parser, only where something can be left out

        words, options = arguments(node)
        typed = "the ids on standard input" if isinstance(node, Among) else " ".join(options) or f"'{' '.join(words)}'"
        out.note(f"without {typed} there {'is 1' if number == 1 else f'are {number:,}'}")


def _report_nearest(out: Output, archive: Archive, period: Period) -> None:
    before = Query(Not(During(Period(period.first, EVER.last))), limit=1)
    after = Query(Not(During(Period(EVER.first, period.last))), limit=1, reverse=True)
    near = [dates.human(event.start, event.end) for query in (before, after) for event in archive.select(query)]
    if near:
        out.note(f"the nearest {'events are' if len(near) > 1 else 'event is'} of {' and '.join(near)}")


def _report_words(out: Output, outcome: "SearchResult") -> None:
    reading = outcome.interpretation
    for word, near in reading.unknown.items():
        shown = word if word.startswith('"') else f"'{word}'"
        out.note(f"no event mentions {shown}" + (f"; the nearest words are {', '.join(near)}" if near else ""))
    wanted = [term for term in reading.terms if term.required]
    if len(wanted) > 1 and not reading.unknown:
        counts = ", ".join(f"{term.typed} {len(term.scores):,}" for term in wanted)
        out.note(f"no event has all of them: {counts}")
