"""``archive info``: what is in force, and where it comes from."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from archivecli import display
from archivecli.cli.options import Common, command
from archivecli.errors import UsageError

if TYPE_CHECKING:
    from archivecli.cli.facts import Fact

app = typer.Typer()

FORMATS = ("text", "json")


@app.command()
@command
def info(
    ctx: typer.Context,
    format_: Annotated[str, typer.Option("--format", "-f", metavar="text|json", help="how to tell it")] = "text",
    *,
    common: Common,
) -> None:
    """Show what is in force, and where it comes from: version, catalogue, index, settings.

    Examples:  archive info  ·  archive info --catalogue my.yaml --format json
    """
    if format_ not in FORMATS:
        raise UsageError(f"--format: '{format_[:40]}' is none of {', '.join(FORMATS)}")
    from archivecli.cli.facts import facts

    archive = common.open()
    out = common.output()
    color_from = "--color" if common.color != "auto" else ""
    found = list(facts(archive, out, _catalogue_from(ctx, common), color_from, common.no_pager))
    if format_ == "json":
        import json

        told = {fact.name.replace(" ", "_"): {"value": fact.value, "origin": fact.origin or None} for fact in found}
        out.write_data([json.dumps(told, ensure_ascii=False, indent=2) + "\n"])
    elif out.terminal:
        from archivecli.render.styled import table  # Rich, 40 ms, only for people

        out.show(table([(fact.name, fact.text, fact.origin) for fact in found]))
    else:
        out.write(_lines(found))


def _catalogue_from(ctx: typer.Context, common: Common) -> str:
    before = ctx.parent.params.get("catalogue") if ctx.parent else None
    if common.catalogue is None:
        return ""
    named = common.catalogue in (before, None) or common.catalogue != os.environ.get("ARCHIVE_CATALOGUE")
    return "--catalogue" if named else "ARCHIVE_CATALOGUE"


def _lines(found: "Sequence[Fact]") -> list[str]:
    widest = max(len(fact.name) for fact in found)
    return [
        f"{fact.name:<{widest}}  {display.terminal_safe(fact.text)}"
        + (f"  ({display.terminal_safe(fact.origin)})" if fact.origin else "")
        + "\n"
        for fact in found
    ]
