"""``archive list``: the events that match the filters, sorted."""

from typing import Annotated

import typer

from archivecli.cli.arguments import only_these, without_stdin
from archivecli.cli.options import CommonOptions, Limit, OutputOptions, Reverse, checked, command
from archivecli.cli.writing import report_no_match, write_events
from archivecli.errors import UsageError
from archivecli.events import Hit
from archivecli.query.criteria import SORTS, Node, Query, conjunction

_ORDERS = tuple(order for order in SORTS if order != "relevance")


@command
def run(
    piped_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[-]", help="only events whose ids are on standard input")
    ] = None,
    sort: Annotated[str, typer.Option("--sort", metavar="ORDER", help=f"one of {', '.join(_ORDERS)}")] = "date",
    reverse: Reverse = False,
    limit: Limit = None,
    *,
    options: OutputOptions,
    where: Node,
    common: CommonOptions,
) -> bool:
    """List events, newest first.

    Examples:  archive list --year 2009  ·  archive list --country serbia --topic corruption

    In a pipe: one line an event, nothing cut, no limit.
    """
    checked("--sort", sort, _ORDERS)
    words, piped = without_stdin(piped_ids)
    if words:
        hint = "'archive search' does, and 'archive show' takes ids"
        raise UsageError(f"list takes no words: '{words[0][:40]}'", hint)
    archive, out = common.open(), common.out
    if piped:
        where = conjunction(where, only_these(archive, out))
    query = Query(where, sort, reverse, limit)
    found = write_events(out, archive, map(Hit, archive.select(query)), options)
    if not found:
        report_no_match(out, archive, query)
    return found
