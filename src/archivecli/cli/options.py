"""The options that commands share: filters become criteria, the rest becomes ``CommonOptions``."""

import contextlib
import inspect
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any

import typer

from archivecli.archive import Archive
from archivecli.cli.output import Output, is_terminal
from archivecli.cli.output_options import OutputOptions, checked, event_options, option, view_options
from archivecli.errors import ArchiveError, UsageError
from archivecli.index import store
from archivecli.query.criteria import HasValue, Node, conjunction
from archivecli.schema import CORE_FACETS
from archivecli.settings import COLOURS, Settings

FILTERS = "Filters (several values of one are alternatives)"
COMMON = "Common options"

Today = Annotated[
    str | None,
    typer.Option("--today", metavar="DATE", help="day to use as today (default: ARCHIVE_TODAY, or the computer's)"),
]
TextOrJson = Annotated[str, typer.Option("--format", "-f", metavar="text|json", help="output format")]
Limit = Annotated[int | None, typer.Option("--limit", "-n", min=0, metavar="N", help="show at most N events")]
Reverse = Annotated[bool, typer.Option("--reverse", "-r", help="reverse the order")]


class CommonOptions:
    """The settings and the output of one command."""

    def __init__(
        self, settings: Settings, quiet: bool = False, fail_if_empty: bool = False, reads_catalogue: bool = True
    ) -> None:
        self.settings = settings
        self.fail_if_empty = fail_if_empty
        self.out = Output(settings, quiet, settings.catalogue.value if reads_catalogue else None)

    def open(self) -> Archive:
        """Open the catalogue, with progress on a terminal."""
        progress = None if self.out.quiet or not is_terminal(sys.stderr) else _Progress()
        try:
            return Archive(self.settings.catalogue.value, progress)
        finally:
            if progress is not None:
                progress.clear()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Finish the output at the end; if the index is damaged, discard it."""
        try:
            with self.out:
                yield
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            store.discard(self.settings.catalogue.value)
            what = f"the index of the catalogue is damaged ({error}) and has been deleted"
            hint = "run the command again to build a new one; the catalogue itself is unchanged"
            raise ArchiveError(what, hint) from None


_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Return whether a byte of the index has changed; Python itself reports strings that are no longer UTF-8."""
    code = getattr(error, "sqlite_errorcode", None)
    return str(error).startswith("Could not decode") if code is None else code & 0xFF in _DAMAGE


class _Progress:
    """Prints the number of events indexed so far, on one line that is erased at the end."""

    STEP = 2000

    def __init__(self) -> None:
        self.printed = 0

    def __call__(self, number: int) -> None:
        if number >= self.printed + self.STEP:
            self.printed = number
            self._write(f"\rreading the catalogue: {number:,} events\x1b[K")

    def clear(self) -> None:
        if self.printed:
            self._write("\r\x1b[K")

    def _write(self, line: str) -> None:
        sys.stderr.write(line)
        sys.stderr.flush()


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that its parameters ask for.

    ``where: Node`` asks for the filters and --fail-if-empty, ``options: OutputOptions`` (``view_options`` in a view) for the
    form of the answer, ``common: CommonOptions`` for the rest; a command without a catalogue has ``out: Output`` instead.
    """
    own = inspect.signature(function).parameters
    reads_catalogue = "common" in own
    filters = _filter_options() if "where" in own else []
    writing, form = "", []
    if "options" in own:
        writing, form = "options", event_options()
    elif "view_options" in own:
        writing, form = "view_options", view_options()

    def call(ctx: typer.Context, color: str, quiet: bool, no_pager: bool, **typed: Any) -> Any:
        checked("--color", color, COLOURS)
        typed.pop("catalogue", None)
        if filters:
            typed["where"] = criteria({parameter.name: typed.pop(parameter.name) for parameter in filters})
        if form:
            typed[writing] = OutputOptions(*(typed.pop(parameter.name) for parameter in form))
        fail_if_empty = typed.pop("fail_if_empty", False)
        settings = Settings(typed_catalogue(ctx), color, no_pager)
        common = CommonOptions(settings, quiet, fail_if_empty, reads_catalogue)
        with common.running():
            return function(**{"common": common} if reads_catalogue else {"out": common.out}, **typed)

    replaced = {"where", "options", "view_options", "common", "out"}
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    kept = [parameter for name, parameter in own.items() if name not in replaced]
    parameters = [context, *kept, *form, *filters, *_common_options(reads_catalogue, bool(filters))]
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


def _common_options(reads_catalogue: bool, selects_events: bool) -> list[inspect.Parameter]:
    panel = {"rich_help_panel": COMMON}
    fail_if_empty = "exit code 1 when nothing is listed or counted"
    catalogue = "catalogue to open: path or name in the settings (default: ARCHIVE_CATALOGUE, or the bundled archive)"
    color = "auto (as the terminal allows), always or never"
    found = (
        [option("fail_if_empty", bool, False, "--fail-if-empty", help=fail_if_empty, **panel)] if selects_events else []
    )
    if reads_catalogue:
        names = ("--catalogue", "--catalog")
        found.append(option("catalogue", str | None, None, *names, metavar="PATH", help=catalogue, **panel))
    return [
        *found,
        option("color", str, "auto", "--color", metavar="WHEN", help=color, **panel),
        option("quiet", bool, False, "--quiet", "-q", help="no notes on stderr", **panel),
        option("no_pager", bool, False, "--no-pager", help="no pager for a long answer at a terminal", **panel),
    ]


def typed_catalogue(ctx: typer.Context) -> str | None:
    """Return the catalogue typed after the command, else the one typed before it."""
    after: str | None = ctx.params.get("catalogue")
    return after if after is not None or ctx.parent is None else ctx.parent.params.get("catalogue")


def today(typed: str | None) -> str:
    """Return the ISO date of --today, ARCHIVE_TODAY or the computer; raise UsageError if it is not a day."""
    typed = os.environ.get("ARCHIVE_TODAY") or None if typed is None else typed
    if typed is None:
        import datetime  # 2 ms, only where today matters

        return datetime.date.today().isoformat()
    from archivecli.query.natural_dates import period_value

    period = period_value(typed, "--today")
    if period.first != period.last:
        raise UsageError(f"--today: '{typed[:40]}' is not a day", 'write 2009-06-26 or "26 june 2009"')
    return period.first


# Filters

_FILTERS = (
    ("year", "2009", "held in this year; 2009..2010 for several"),
    ("month", "MONTH", "held in this month: 12, dec, december (of any year) or 2009-12"),
    ("on", "DAY", "held on this day: 26-06, '26 june' (of any year) or 2009-06-26"),
    ("from_", "DATE", "held on or after this day, month or year"),
    ("to", "DATE", "held on or before this day, month or year"),
    *((facet.name, "NAME", facet.about) for facet in CORE_FACETS.values() if facet.option),
)
_NAMES = {f"--{name.rstrip('_')}": name for name, _, _ in _FILTERS}
_SINGLE = ("from_", "to")


def _filter_options() -> list[inspect.Parameter]:
    return [
        option(
            name,
            str | None if name in _SINGLE else list[str] | None,
            None,
            f"--{name.rstrip('_')}",
            metavar=metavar,
            help=about,
            rich_help_panel=FILTERS,
        )
        for name, metavar, about in _FILTERS
    ]


def criteria(typed: Mapping[str, Any]) -> Node:
    """Return the criteria of filter options, given by parameter name, each with its value or values."""
    parts: list[Node] = []
    years, months, days, low, high = (typed.get(name) for name in ("year", "month", "on", "from_", "to"))
    if years or months or days or low or high:
        from archivecli.query.natural_dates import date_filters  # 2 ms, only where dates are typed

        parts += date_filters(years or (), months or (), days or (), low, high)
    parts += [HasValue(facet.name, tuple(typed[facet.name])) for facet in CORE_FACETS.values() if typed.get(facet.name)]
    return conjunction(*parts)


def parse_filters(arguments: Iterable[str]) -> tuple[Node, list[str]]:
    """Return the criteria of the filters in a command line, each followed by its value, and the other arguments."""
    typed: dict[str, Any] = {}
    rest: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        name = _NAMES.get(argument)
        if name is None:
            rest.append(argument)
        elif name in _SINGLE:
            typed[name] = next(remaining)
        else:
            typed.setdefault(name, []).append(next(remaining))
    return criteria(typed), rest


# Words of a query that begin with a hyphen: ``-sofia`` is a word to exclude, ``-qr`` and ``-fjson`` are options

_SHORT_OPTIONS = r"-[qr0h]*[nfo]?"
_SHORT_WITH_VALUE = r"-[qr0h]*(?:n-?\d+|f=?(?P<format>[a-z-]+)|o[^:]*[./\\][^:]*)"


def with_exclusions(arguments: Sequence[str], options: Sequence[Any]) -> Iterator[str]:
    """Yield a command line in which ``-sofia`` has a minus sign (U+2212), with which no option begins."""
    from archivecli.query.parser import MINUS  # only for queries

    takes_value = {name: not option.is_flag for option in options for name in (*option.opts, *option.secondary_opts)}
    rest = iter(arguments)
    for word in rest:
        if word.startswith("-") and not word.startswith("--") and not _is_short_option(word):
            yield f"{MINUS}{word[1:]}"
            continue
        yield word
        if word == "--":
            yield from rest
        elif takes_value.get(word) or (takes_value.get(f"-{word[-1:]}") and re.fullmatch(_SHORT_OPTIONS, word)):
            yield from islice(rest, 1)


def _is_short_option(word: str) -> bool:
    """Return whether a word that begins with one hyphen is short options, such as ``-n5``, or ``-`` itself.

    An unknown single letter counts as one, so that a typing mistake is reported.
    """
    if re.fullmatch(_SHORT_OPTIONS, word) or (len(word) == 2 and word[1].isalpha()):
        return True
    found = re.fullmatch(_SHORT_WITH_VALUE, word)
    if found is None or not found["format"]:
        return found is not None
    from archivecli.render import FORMATS

    return found["format"] in (*FORMATS, "table")


def is_option(word: str) -> bool:
    """Return whether ``with_exclusions`` takes a query word for an option."""
    return word.startswith("--") or (word.startswith("-") and word != "-" and _is_short_option(word))
