"""``archive init``: start a catalogue of one's own."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from archivecli import display
from archivecli.cli.files import write_file
from archivecli.cli.options import command
from archivecli.cli.output import Output
from archivecli.errors import OutputError, UsageError
from archivecli.settings import named

app = typer.Typer()


@app.command()
@command
def init(
    file: Annotated[str, typer.Argument(metavar="FILE", help="the catalogue to make: a name that ends in .yaml")],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="what the archive is called")] = "My archive",
    schema: Annotated[
        bool, typer.Option("--schema/--no-schema", help="put the schema for editors beside it, or leave it out")
    ] = True,
    *,
    out: Output,
) -> None:
    """Start a catalogue of one's own: a commented file that validates, and beside it the schema that editors use.

    Examples:  archive init my.yaml  ·  archive init my.yaml --title "Minutes of the society"

    Nothing that exists is ever overwritten.
    """
    from archivecli.catalogue.json_schema import schema_text
    from archivecli.catalogue.starter import POINTER, SCHEMA_NAME, starter

    path = Path(named("FILE", file))
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(f"'{display.terminal_safe(str(path))}' does not end in .yaml", "archive init my.yaml")
    if not title.strip() or not title.isprintable():
        raise UsageError("--title: a title is a line of text")
    beside = path.parent / SCHEMA_NAME
    if os.path.lexists(path):
        raise _exists(path)
    made = schema and not os.path.lexists(beside)
    if made:
        write_file(str(beside), [schema_text()])
    try:
        write_file(str(path), [POINTER if schema else "", starter(display.terminal_safe(path.name), title.strip())])
    except OutputError:
        if made:
            beside.unlink()
        raise
    out.remark(f"made {path}" + (f" and {beside}" if made else ""))
    quoted = shlex.quote(str(path))
    out.remark(f"next: edit it, then 'archive validate {quoted}' and 'archive --catalogue {quoted} list'")


def _exists(path: Path) -> OutputError:
    return OutputError(f"{path} exists; nothing is overwritten", "choose another name, or move the file away")
