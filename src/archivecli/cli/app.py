"""The Typer app: the commands, and the only place where errors become messages and exit codes."""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

import typer
import typer.core
from typer._click.exceptions import NoSuchOption  # Typer has no public name for it

from archivecli import __version__
from archivecli.cli import output, process
from archivecli.errors import ArchiveError, CatalogueError, UsageError, similar

# the commands with their lines in the help; each is the function ``run`` of its module in ``cli.commands``
COMMANDS = {
    "list": "List events, newest first.",
    "search": "Find events by words, names, dates, numbers.",
    "show": "Show everything that the archive knows about an event.",
    "related": "Show the events nearest to one, and what they share.",
    "count": "Count events, by year, country, topic ...",
    "calendar": "Show years by months, or every day, with their events.",
    "timeline": "Draw events on an axis of time.",
    "facets": "Show the values of fields, and how to narrow to each.",
    "on-this-day": "List what happened on this day of the year.",
    "cite": "Cite an event in the style of Chicago, APA or MLA.",
    "open": "Open an event's link in the browser.",
    "validate": "Check a catalogue and report every problem.",
    "schema": "Print the JSON Schema of a catalogue.",
    "init": "Start a catalogue of your own.",
    "info": "Show the values in use and their origins.",
    "completion": "Print the script for completion in a shell.",
}


@cache
def load_command(name: str) -> Any:
    """Import the module of a command, and no other, and return the command."""
    module = importlib.import_module(f"archivecli.cli.commands.{name.replace('-', '_')}")
    single = typer.Typer(add_completion=False)
    single.command(name)(module.run)
    return typer.main.get_command(single)


class CommandGroup(typer.core.TyperGroup):
    """The group of all commands; turns errors into messages and exit codes."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: typer.core.TyperCommand(name, help=about) for name, about in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command and its arguments; in the words of a query, ``-sofia`` excludes one."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            command = load_command(name)
            if any(parameter.name == "words" for parameter in command.params):
                from archivecli.cli.arguments import with_exclusions  # the command has imported them

                rest = list(with_exclusions(rest, [p for p in command.params if p.param_type_name == "option"]))
        return name, command, rest

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run a command line and exit with its code; print an error as one message."""
        for stream in (sys.stdout, sys.stderr):
            process.accept_any_text(stream)
        standalone = settings.pop("standalone_mode", True)
        settings |= {"standalone_mode": False, "windows_expand_args": False}  # traf* is a query, not a file name
        try:
            code = super().main(*args, **settings)
            sys.stdout.flush()
        except ArchiveError as error:
            code = _print_error(error)
        except typer.TyperException as error:
            code = _print_error(_usage_error(error))
        except typer.Abort:
            code = 130
        except (BrokenPipeError, SystemExit):  # a closed pipe, as by ``head``: for it Typer and Rich exit with 1
            process.discard(sys.stdout)
            code = 0
        except OSError as error:  # in most cases the answer cannot be written
            process.discard(sys.stdout)
            subject = os.fsdecode(error.filename) if error.filename else "the answer cannot be written"
            code = _print_error(ArchiveError(f"{subject}: {error.strerror or error}"))
        except MemoryError:
            code = _print_error(ArchiveError("there is not enough memory for this"))
        if standalone:
            sys.exit(code if isinstance(code, int) else 0)
        return code


def _usage_error(error: typer.TyperException) -> ArchiveError:
    """Return an error of Typer as one of ours."""
    import re  # only for errors

    param, context = getattr(error, "param", None), getattr(error, "ctx", None)
    if type(error) is typer.BadParameter and param is not None and error.message:
        # the choices are in the message, so that it needs no hint
        message = error.message.rstrip(".").replace("a valid int range", "a whole number")
        message = re.sub(r"is not in the range x>=(\d+)$", r"is too small: \1 is the least", message)
        name = param.opts[0] if param.param_type_name == "option" else param.human_readable_name
        return UsageError(f"{name}: {message}")
    if isinstance(error, NoSuchOption):
        return UsageError(f"there is no option {error.option_name[:60]}", "\n".join(_option_hints(error, context)))
    message = error.format_message().rstrip(".")
    message = message.replace("Got unexpected extra argument(s)", "unexpected arguments:")
    hint = f"see '{context.command_path} --help'" if context else ""
    return UsageError(f"{message[:1].lower()}{message[1:]}", hint)


def _option_hints(error: NoSuchOption, context: Any) -> Iterator[str]:
    params = context.command.get_params(context)
    if error.option_name.startswith("--"):
        options = [name[2:] for param in params for name in param.opts if name.startswith("--")]
        yield from (f"did you mean --{name}?" for name in similar(error.option_name[2:], options, 1))
    yield f"'{context.command_path} --help' lists the options"
    if any(param.name == "words" for param in params):
        yield "words that begin with a hyphen go after --"


def _print_error(error: ArchiveError) -> int:
    problems = map(output.problem_line, error.problems if isinstance(error, CatalogueError) else ())
    with contextlib.suppress(OSError, ValueError):  # stderr is closed; the exit code remains
        for line in (*problems, f"archive: {error.message}"):
            sys.stderr.write(f"{output.message_line(line)}\n")
        for line in error.hint.splitlines():
            sys.stderr.write(f"  {output.message_line(line)}\n")
    return error.exit_code


app = typer.Typer(
    cls=CommandGroup,
    add_completion=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"archive {__version__}")
        raise typer.Exit()


@app.callback()
def archive(
    ctx: typer.Context,
    catalogue: Annotated[
        str | None,
        typer.Option(
            "--catalogue", "--catalog", metavar="PATH", help="catalogue to open (default: the bundled archive)"
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Browse an archive of dated events: list, search, show and count them."""
    if ctx.invoked_subcommand is None:
        from archivecli.cli.commands.welcome import welcome
        from archivecli.cli.options import CommonOptions
        from archivecli.settings import Settings

        common = CommonOptions(Settings(catalogue))
        with common.running():
            welcome(common)


def main() -> int:
    """Run ``archive`` and return its exit code."""
    if "_ARCHIVE_COMPLETE" in os.environ:
        from archivecli.cli import completion  # only in a completing shell

        return completion.answer(typer.main.get_command(app), COMMANDS)
    code = app(standalone_mode=False)
    return code if isinstance(code, int) else 0
