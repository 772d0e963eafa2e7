"""What is said on stderr beside an answer: why nothing was found, and what would find something."""

from typing import TYPE_CHECKING

import typer

from archivecli import dates
from archivecli.archive import Archive
from archivecli.cli.output import Output
from archivecli.dates import EVER, Period
from archivecli.query.criteria import Among, Annually, During, HasValue, Node, Not, Query

if TYPE_CHECKING:
    from archivecli.search.rank import Outcome


def nothing_found(
    out: Output, archive: Archive, query: Query, outcome: "Outcome | None" = None, fail: bool = False
) -> None:
    """Say that nothing was found, and why, as far as the archive can tell; ``fail`` ends with exit code 1, as grep does."""
    if query.limit != 0:
        _say_why(out, archive, query, outcome)
    if fail:
        raise typer.Exit(1)


def _say_why(out: Output, archive: Archive, query: Query, outcome: "Outcome | None") -> None:
    if not archive.size:
        out.remark("the catalogue holds no events")
        return
    out.remark("no event matches")
    if outcome is not None:
        _about_words(out, outcome)
    if isinstance(query.where, During):
        _about_time(out, archive, query.where)
    if isinstance(query.where, HasValue):
        which = query.where.facet
        suggested = out.suggested(f"archive count --by {which}")
        out.remark(f"no event has the {which} {' or '.join(query.where.values)}: '{suggested}' lists what there is")
    for node, number in archive.without_one_filter(query.where):
        out.remark(f"without {spoken(node)} there {'is 1' if number == 1 else f'are {number:,}'}")


def _about_time(out: Output, archive: Archive, when: During) -> None:
    """Say which events are nearest to a time in which there are none."""
    first, last = when.period
    before = Query(Not(During(Period(first, EVER.last))), limit=1)
    after = Query(Not(During(Period(EVER.first, last))), limit=1, reverse=True)
    near = [event for query in (before, after) for event in archive.select(query)]
    when_ = " and ".join(dates.human(event.start, event.end) for event in near)
    if when_:
        out.remark(f"the nearest events are of {when_}" if len(near) > 1 else f"the nearest event is of {when_}")


def _about_words(out: Output, outcome: "Outcome") -> None:
    """Say which words the archive does not know, or how many events have each where none has all."""
    reading = outcome.reading
    for word, near in reading.unknown.items():
        shown = word if word.startswith('"') else f"'{word}'"
        out.remark(f"no event mentions {shown}" + (f"; the nearest words are {', '.join(near)}" if near else ""))
    wanted = [term for term in reading.terms if term.required]
    if len(wanted) > 1 and not reading.unknown:
        counts = ", ".join(f"{term.typed} {len(term.scores):,}" for term in wanted)
        out.remark(f"no event has all of them: {counts}")


def spoken(node: Node) -> str:
    """Return a filter as a person would say it."""
    match node:
        case HasValue(facet, values):
            return " ".join(f"--{facet} {value}" for value in values)
        case During(period, said):
            return f"'{said}'" if said else f"{period.first}/{period.last}"
        case Annually(_, _, said):
            return f"'{said}'" if said else "the date"
        case Among():
            return "the ids on standard input"
        case _:
            return "that filter"
