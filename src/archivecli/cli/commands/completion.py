"""``archive completion``: what a shell must read to complete commands, options and values."""

from typing import Annotated

import typer

from archivecli.cli.completing import SCRIPTS
from archivecli.cli.options import command
from archivecli.cli.output import Output
from archivecli.errors import UsageError, did_you_mean

app = typer.Typer()

SHELLS = tuple(SCRIPTS)


@app.command()
@command
def completion(
    shell: Annotated[str, typer.Argument(metavar="|".join(SHELLS), help="the shell to complete in")],
    *,
    out: Output,
) -> None:
    """Print the script by which a shell completes commands, options and values with the Tab key.

    Examples:  source <(archive completion bash)  ·  source <(archive completion zsh)  ·  archive completion fish | source
    """
    if shell not in SHELLS:
        raise UsageError(f"'{shell[:40]}' is none of {', '.join(SHELLS)}", did_you_mean(shell, SHELLS))
    out.write([SCRIPTS[shell].lstrip("\n")])
