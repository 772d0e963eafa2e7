"""``archive calendar``: when things happened, as a table of years by months, or day by day."""

from typing import Annotated

import typer

from archivecli.cli.asking import ask
from archivecli.cli.options import Common, FailIfEmpty, command
from archivecli.cli.tallies import Sheet, ViewFile, ViewForce, ViewFormat, emit_view
from archivecli.cli.views import months
from archivecli.query.criteria import Node

app = typer.Typer()


@app.command()
@command
def calendar(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[YEAR...] [WORDS...]", help="years, and words that the events answer; - reads ids"),
    ] = None,
    days: Annotated[bool, typer.Option("--days", help="weeks and days, with the events below each week")] = False,
    format_: ViewFormat = None,
    output: ViewFile = None,
    force: ViewForce = False,
    fail_if_empty: FailIfEmpty = False,
    *,
    where: Node,
    common: Common,
) -> None:
    """Show when things happened: years by months, with the number of events in each; or every day.

    Examples:  archive calendar  ·  archive calendar 2009 --days  ·  archive calendar --topic corruption

    An event that lasts over the end of a month counts in both months, as it does for 'list --month'.
    """
    sheet = Sheet(format_, output, force)
    found = ask(_years_are_alternatives(words), where, common)
    sheet.name(found.out)
    emit_view(found.out, months.days(found) if days else months.by_month(found), sheet)
    found.remark_if_empty(fail_if_empty)


def _years_are_alternatives(words: list[str] | None) -> list[str] | None:
    """Join several years to one wish: ``2009 2010`` means either, as with ``--year``."""
    years = [word for word in words or () if len(word) == 4 and word.isdigit()]
    if len(years) < 2:
        return words
    rest = [word for word in words or () if word not in years]
    return [f"year:{','.join(years)}", *rest]
