"""``archive show``: everything about one event or several."""

from typing import Annotated

import typer

from archivecli.cli import completion
from archivecli.cli.emit import emit_records
from archivecli.cli.form import Form
from archivecli.cli.options import Common, command

app = typer.Typer()


@app.command()
@command
def show(
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID…", help="an id, or its beginning", autocompletion=completion.ids),
    ],
    *,
    form: Form,
    common: Common,
) -> None:
    """Show everything that the archive knows of an event.

    Examples:  archive show 2009-12-09  ·  archive show 2012 --format json
    """
    archive = common.open()
    events = [archive.get(typed) for typed in ids]
    emit_records(common.output(), archive, events, form)
