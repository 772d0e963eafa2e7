"""Why no event matches, and what would match, on stderr."""

from typing import TYPE_CHECKING

from archivecli import dates
from archivecli.archive import Archive
from archivecli.cli.output import Output
from archivecli.dates import EVER, Period
from archivecli.query.criteria import Among, During, HasValue, Node, Not, Query

if TYPE_CHECKING:
    from archivecli.search.rank import Outcome


def report_no_match(out: Output, archive: Archive, query: Query, outcome: "Outcome | None" = None) -> None:
    """Say that no event matches, and why, unless none was wanted."""
    if query.limit == 0:
        return
    if not archive.size:
        out.note("the catalogue holds no events")
        return
    out.note("no event matches")
    if outcome is not None:
        _report_words(out, outcome)
    if isinstance(query.where, During):
        _report_nearest(out, archive, query.where.period)
    if isinstance(query.where, HasValue):
        facet, values = query.where
        counting = out.suggested(f"archive count --by {facet}")
        out.note(f"no event has the {facet} {' or '.join(values)}: '{counting}' lists what there is")
    for node, number in archive.without_one_filter(query.where):
        out.note(f"without {_typed(node)} there {'is 1' if number == 1 else f'are {number:,}'}")


def _report_nearest(out: Output, archive: Archive, period: Period) -> None:
    before = Query(Not(During(Period(period.first, EVER.last))), limit=1)
    after = Query(Not(During(Period(EVER.first, period.last))), limit=1, reverse=True)
    near = [dates.human(event.start, event.end) for query in (before, after) for event in archive.select(query)]
    if near:
        out.note(f"the nearest {'events are' if len(near) > 1 else 'event is'} of {' and '.join(near)}")


def _report_words(out: Output, outcome: "Outcome") -> None:
    reading = outcome.reading
    for word, near in reading.unknown.items():
        shown = word if word.startswith('"') else f"'{word}'"
        out.note(f"no event mentions {shown}" + (f"; the nearest words are {', '.join(near)}" if near else ""))
    wanted = [term for term in reading.terms if term.required]
    if len(wanted) > 1 and not reading.unknown:
        counts = ", ".join(f"{term.typed} {len(term.scores):,}" for term in wanted)
        out.note(f"no event has all of them: {counts}")


def _typed(node: Node) -> str:
    """Return a filter as it is typed."""
    if isinstance(node, Among):
        return "the ids on standard input"
    from archivecli.query.unparse import arguments  # with the parser, only where something can be left out

    words, options = arguments(node)
    return " ".join(options) or f"'{' '.join(words)}'"
