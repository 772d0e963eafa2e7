"""``archive search``: the events that match words, the best match first."""

from typing import Annotated

import typer

from archivecli.cli.arguments import only_these, without_stdin
from archivecli.cli.options import CommonOptions, Limit, OutputOptions, Reverse, checked, command
from archivecli.cli.writing import report_no_match, write_events
from archivecli.errors import UsageError
from archivecli.query.criteria import EVERYTHING, SORTS, Node, Query, conjunction
from archivecli.query.natural_dates import check_order
from archivecli.query.parser import parse


@command
def run(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS...", help="words, names, dates, numbers, field:value; - reads ids")
    ],
    sort: Annotated[str, typer.Option("--sort", metavar="ORDER", help=f"one of {', '.join(SORTS)}")] = "relevance",
    reverse: Reverse = False,
    limit: Limit = None,
    exact: Annotated[bool, typer.Option("--exact", help="take words as typed: no corrections, no synonyms")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="print to stderr how the query was interpreted")] = False,
    *,
    options: OutputOptions,
    where: Node,
    common: CommonOptions,
) -> bool:
    """Find events by words, names, dates, numbers; the best match comes first.

    Examples:  archive search corruption  ·  archive search costa september 2009  ·  archive search '"asset recovery" -sofia'
    """
    checked("--sort", sort, SORTS)
    rest, piped = without_stdin(words)
    archive, out = common.open(), common.out
    parsed = parse(" ".join(rest), archive.years)
    if parsed.where == EVERYTHING:
        raise UsageError("there is no word to search for", "'archive list' shows every event")
    check_order(parsed.where, where)
    if piped:
        where = conjunction(where, only_these(archive, out))
    query = Query(conjunction(parsed.where, where), sort, reverse, limit, exact)
    outcome = archive.search(query)
    out.note(*parsed.notes)
    if outcome.total or not outcome.interpretation.unknown:
        out.note(*outcome.interpretation.notes)
    matched = archive.matched(outcome) if explain or options.show_matches(out) else {}
    hits = [hit._replace(fields=matched.get(hit.event.id, ())) for hit in outcome.hits]
    if explain:
        for line in archive.explain(outcome._replace(hits=hits)):
            out.warn(line)
    found = write_events(out, archive, hits, options, outcome)
    if not found:
        report_no_match(out, archive, query, outcome)
    return found
