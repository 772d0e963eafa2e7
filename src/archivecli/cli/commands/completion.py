"""``archive completion``: the scripts for completion with the Tab key."""

from typing import Annotated

import typer

from archivecli.cli.completion import SHELLS
from archivecli.cli.options import checked, command
from archivecli.cli.output import Output
from archivecli.files import package_data


@command
def run(
    shell: Annotated[str, typer.Argument(metavar="|".join(SHELLS), help="shell to complete in")],
    *,
    out: Output,
) -> None:
    """Print the script by which a shell completes commands, options and values with the Tab key.

    Examples:  source <(archive completion bash)  ·  source <(archive completion zsh)  ·  archive completion fish | source
    """
    checked("SHELL", shell, SHELLS)
    out.write([package_data(f"completion.{shell}").read_text(encoding="utf-8")])
