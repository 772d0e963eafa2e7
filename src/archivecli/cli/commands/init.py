"""``archive init``: start a catalogue of your own."""

import json
import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from archivecli import display
from archivecli.cli.options import command
from archivecli.cli.output import Output
from archivecli.errors import OutputError, UsageError
from archivecli.files import package_data, write_file
from archivecli.settings import named

SCHEMA_NAME = "catalogue.schema.json"
SCHEMA_LINE = f"# yaml-language-server: $schema={SCHEMA_NAME}\n"  # by which editors find it beside the catalogue


@command
def run(
    file: Annotated[str, typer.Argument(metavar="FILE", help="catalogue to make: a name that ends in .yaml")],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="title of the archive")] = "My archive",
    schema: Annotated[
        bool, typer.Option("--schema/--no-schema", help="put the schema for editors beside it, or leave it out")
    ] = True,
    *,
    out: Output,
) -> None:
    """Start a catalogue of your own: a valid file with comments, and beside it the schema that editors use.

    Examples:  archive init my.yaml  ·  archive init my.yaml --title "Minutes of the society"

    Existing files are never overwritten.
    """
    path = Path(named("FILE", file))
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(f"'{display.terminal_safe(str(path))}' does not end in .yaml", "archive init my.yaml")
    if not title.strip() or not title.isprintable():
        raise UsageError("--title: a title is a line of text")
    if os.path.lexists(path):
        raise OutputError(f"{path} exists; nothing is overwritten", "choose another name, or move the file away")
    schema_path = path.parent / SCHEMA_NAME
    writes_schema = schema and not os.path.lexists(schema_path)
    if writes_schema:
        from archivecli.catalogue.json_schema import schema_text

        write_file(str(schema_path), [schema_text()])
    starter = package_data("starter.yaml").read_text(encoding="utf-8")
    starter = starter.replace("{name}", display.terminal_safe(path.name))
    starter = starter.replace("{title}", json.dumps(title.strip(), ensure_ascii=False))  # a YAML string, too
    try:
        write_file(str(path), [SCHEMA_LINE if schema else "", starter])
    except OutputError:
        if writes_schema:
            schema_path.unlink()
        raise
    out.note(f"made {path}" + (f" and {schema_path}" if writes_schema else ""))
    quoted = shlex.quote(str(path))
    out.note(f"next: edit it, then 'archive validate {quoted}' and 'archive --catalogue {quoted} list'")
