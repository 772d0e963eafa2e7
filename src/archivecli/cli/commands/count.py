"""``archive count``: how many events fit, in all or by the values of a field."""

from typing import Annotated

import typer

from archivecli.cli.options import Common, FailIfEmpty, command
from archivecli.cli.remarks import nothing_found
from archivecli.cli.tallies import CountFormat, emit_count, emit_tally
from archivecli.errors import UsageError, did_you_mean
from archivecli.query.criteria import Node, Query, conjunction
from archivecli.query.facets import FACETS, PERIODS
from archivecli.query.parser import parse

app = typer.Typer()

GROUPINGS = (*PERIODS, *(facet.name for facet in FACETS))


@app.command()
@command
def count(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS…]", help="only events that answer these")] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="FIELD", help=f"count by: {', '.join(GROUPINGS)}")
    ] = None,
    format_: CountFormat = None,
    fail_if_empty: FailIfEmpty = False,
    *,
    where: Node,
    common: Common,
) -> None:
    """Count events, in all or by year, country, topic …

    Examples:  archive count  ·  archive count --by year  ·  archive count --by topic --country serbia
    """
    for field in by or ():
        if field not in GROUPINGS:
            raise UsageError(
                f"--by: '{field}' is no field", did_you_mean(field, GROUPINGS) or f"choose from {', '.join(GROUPINGS)}"
            )
    archive = common.open()
    out = common.output()
    if words:
        parsed = parse(" ".join(words), archive.years)
        out.remark(*parsed.remarks)
        where = conjunction(parsed.where, where)
    query = Query(where)
    total = archive.count(query)
    if not by:
        emit_count(out, total, format_)
    for field in by or ():
        emit_tally(out, field, archive.tally(field, query), total, format_)
    if not total:
        nothing_found(out, archive, query, fail=fail_if_empty)
