"""The Typer app: which commands there are, and the one place where errors become words and exit codes."""

import contextlib
import importlib
import os
import sqlite3
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from itertools import islice
from typing import Annotated, Any

import typer
import typer.core
from typer._click.exceptions import NoSuchOption  # Typer hands it out nowhere else

from archivecli import __version__
from archivecli.cli import output, process
from archivecli.errors import ArchiveError, CatalogueError, UsageError, nearest
from archivecli.patterns import lazily
from archivecli.text import MINUS

COMMANDS = {
    "list": "List events, newest first.",
    "search": "Find events by words, names, dates, figures.",
    "show": "Show everything that the archive knows of an event.",
    "related": "Show the events nearest to one, and what they share.",
    "count": "Count events, by year, country, topic ...",
    "calendar": "Show years by months, or every day, with their events.",
    "timeline": "Draw events on an axis of time, or count them by month, quarter, year.",
    "facets": "Show the values of fields, and how to narrow to each.",
    "on-this-day": "List what happened on this day of the year.",
    "cite": "Cite an event in the style of Chicago, APA or MLA.",
    "open": "Open an event's link in the browser.",
    "validate": "Check a catalogue and tell every finding.",
    "schema": "Print the JSON Schema of a catalogue.",
    "init": "Start a catalogue of one's own.",
    "info": "Show what is in force, and where it comes from.",
    "completion": "Print the script by which a shell completes.",
}
"""Every command and its line in the help; a command is the module of its name in ``cli.commands``."""


class _Commands(MutableMapping[str, Any]):
    """The commands, each imported when it is asked for: no command pays for another's imports."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        if name not in self._loaded:
            module = importlib.import_module(f"archivecli.cli.commands.{name.replace('-', '_')}")
            module.app._add_completion = False  # its two options belong to no single command
            command = typer.main.get_command(module.app)
            command.name = name
            self._loaded[name] = command
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _excluding(typed: Sequence[str], options: Sequence[Any]) -> Iterator[str]:
    """Yield a command line in which ``-sofia`` has a minus sign, with which no option begins; options stay as they are."""
    takes_value = {name: not option.is_flag for option in options for name in (*option.opts, *option.secondary_opts)}
    rest = iter(typed)
    for word in rest:
        if word == "--":
            yield word
            yield from rest
        elif word.startswith("--"):
            yield word
            if takes_value.get(word):
                yield from islice(rest, 1)
        elif word.startswith("-") and not _is_short_option(word):
            yield f"{MINUS}{word[1:]}"
        else:
            yield word
            if takes_value.get(f"-{word[-1:]}") and _SHORT_OPTIONS.fullmatch(word):
                yield from islice(rest, 1)


_SHORT_OPTIONS = lazily(r"-[qr0h]*[nfo]?")
_SHORT_WITH_VALUE = lazily(r"-[qr0h]*(?:n-?\d+|f=?(?P<format>[a-z-]+)|o[^:]*[./\\][^:]*)")


def _is_short_option(word: str) -> bool:
    """Tell whether a word that begins with one hyphen is short options (``-qr``, ``-n5``, ``-fjson``), or ``-`` itself.

    A single letter that is no option stays one, so that a slip is noticed.
    """
    if _SHORT_OPTIONS.fullmatch(word) or (len(word) == 2 and word[1].isalpha()):
        return True
    found = _SHORT_WITH_VALUE.fullmatch(word)
    if found is None or not found["format"]:
        return found is not None
    from archivecli.render.formats import FORMATS  # only for what looks like a format

    return found["format"] in (*FORMATS, "table")


class CommandGroup(typer.core.TyperGroup):
    """The group of all commands, and the boundary at which errors end."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; in one that takes the words of a query, ``-sofia`` is a word that is not wanted."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and any(parameter.name == "words" for parameter in command.params):
            rest = list(_excluding(rest, [param for param in command.params if param.param_type_name == "option"]))
        return name, command, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help; the table has the line of each command, so that none is imported for it (80 ms)."""
        commands = self.commands
        self.commands = {name: typer.core.TyperCommand(name, help=about) for name, about in COMMANDS.items()}
        try:
            super().format_help(ctx, formatter)
        finally:
            self.commands = commands

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run a command line and exit with its code; an error ends here as one clear message."""
        for stream in (sys.stdout, sys.stderr):
            process.accept_any_text(stream)
        standalone = settings.pop("standalone_mode", True)
        # no expanding on Windows either: traf* is a question, not the files that begin so
        settings |= {"standalone_mode": False, "windows_expand_args": False}
        try:
            code = super().main(*args, **settings)
            sys.stdout.flush()
        except ArchiveError as error:
            code = _tell(error)
        except typer.TyperException as error:
            code = _tell_usage(error)
        except typer.Abort:
            code = 130
        except BrokenPipeError:
            process.discard(sys.stdout)
            code = 0
        except OSError as error:
            process.discard(sys.stdout)
            code = _tell(_system_error(error))
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
                raise
            code = _tell(_damaged(error))
        except MemoryError:
            code = _tell(ArchiveError("there is not enough memory for this"))
        if standalone:
            sys.exit(code if isinstance(code, int) else 0)
        return code

    def make_context(self, *args: Any, **settings: Any) -> Any:
        """Read the command line; a reader that goes away in the middle of the help ends it quietly."""
        with _quiet_on_closed_pipe():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a reader that goes away early ends it quietly."""
        with _quiet_on_closed_pipe():
            try:
                result = super().invoke(ctx)
            except typer.Exit:
                output.finish()
                raise
            except BaseException:
                output.abandon()
                raise
            output.finish()
            sys.stdout.flush()
            return result


@contextlib.contextmanager
def _quiet_on_closed_pipe() -> Iterator[None]:
    """Typer and Rich (SystemExit) would exit 1 here without a word; a script that reads one line has not failed."""
    try:
        yield
    except (BrokenPipeError, SystemExit):
        process.discard(sys.stdout)
        raise typer.Exit(0) from None


def _system_error(error: OSError) -> ArchiveError:
    """Return the error to tell where the system would not do something: write the answer, in most cases."""
    reason = error.strerror or str(error)
    if error.filename:
        return ArchiveError(f"{os.fsdecode(error.filename)}: {reason}")
    return ArchiveError(f"the answer cannot be written: {reason}")


_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)


def _damaged(error: sqlite3.DatabaseError) -> ArchiveError:
    """Throw a damaged index away: nothing in the file system told of it, so the disk itself has changed a byte."""
    from archivecli.index import store

    store.forget()
    what = f"the index of the catalogue is damaged ({error}) and has been thrown away"
    return ArchiveError(what, "the same command will now make a new one; the catalogue itself is untouched")


def _tell(error: ArchiveError) -> int:
    if isinstance(error, CatalogueError):
        for problem in error.problems:
            _say(output.problem_line(problem))
    _say(f"archive: {error.message}")
    for line in error.hint.splitlines():
        _say(f"  {line}")
    return error.exit_code


def _tell_usage(error: typer.TyperException) -> int:
    param = getattr(error, "param", None)
    if type(error) is typer.BadParameter and param is not None and error.message:
        # the choices stand in the message, so that nothing more need be said
        message = error.message.rstrip(".").replace("a valid int range", "a whole number")
        import re  # only for errors

        message = re.sub(r"is not in the range x>=(\d+)$", r"is too small: \1 is the least", message)
        _say(f"archive: {param.opts[0] if param.param_type_name == 'option' else param.human_readable_name}: {message}")
        return error.exit_code
    if isinstance(error, NoSuchOption):
        return _tell(_no_such_option(error))
    message = error.format_message().rstrip(".")
    message = message.replace("Got unexpected extra argument(s)", "more was typed than this takes:")
    _say(f"archive: {message[:1].lower()}{message[1:]}")
    context = getattr(error, "ctx", None)
    if context is not None:
        _say(f"  '{context.command_path} --help' tells more")
    return error.exit_code


def _no_such_option(error: NoSuchOption) -> ArchiveError:
    """Return the error for an option that a command does not have, with the nearest that it has."""
    typed, context = error.option_name, error.ctx
    hints: list[str] = []
    if context is not None:
        options = [name[2:] for param in context.command.get_params(context) for name in param.opts if name[:2] == "--"]
        near = nearest(typed[2:], options, 1) if typed[:2] == "--" else []
        hints += [f"did you mean --{name}?" for name in near]
        hints.append(f"'{context.command_path} --help' lists the options")
        if any(param.name == "words" for param in context.command.params):
            hints.append("words that begin with a hyphen go after --")
    return UsageError(f"there is no option {typed[:60]}", "\n".join(hints))


def _say(sentence: str) -> None:
    sentence = ("  " if sentence.startswith("  ") else "") + output.message_line(sentence)
    with contextlib.suppress(OSError, ValueError):  # nobody listens; the exit code still speaks
        sys.stderr.write(f"{sentence}\n")


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
            "--catalogue", "--catalog", metavar="PATH", help="the catalogue to open; the embedded one unless told"
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="the version")] = False,
) -> None:
    """Browse an archive of dated events: list, search, show and count them."""
    if catalogue is not None:
        from archivecli.settings import named

        os.environ["ARCHIVE_CATALOGUE"] = named("--catalogue", catalogue)
    if ctx.invoked_subcommand is None:
        from archivecli.cli.commands.greeting import greet

        greet()


def main() -> int:
    """Run the command ``archive`` and return its exit code."""
    if "_ARCHIVE_COMPLETE" in os.environ:
        from archivecli.cli import completing  # only in a completing shell

        return completing.answer(typer.main.get_command(app), COMMANDS)
    code = app(standalone_mode=False)
    return code if isinstance(code, int) else 0
