"""The options that commands share, declared once: filters become criteria, the rest becomes a ``Common``."""

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, NamedTuple, TextIO

import typer

from archivecli.archive import Archive
from archivecli.cli import output
from archivecli.cli.form import Form, form_parameters
from archivecli.dates import EVER, Period
from archivecli.errors import UsageError
from archivecli.query.criteria import During, Is, Node, Or, conjunction
from archivecli.query.facets import FACETS
from archivecli.settings import resolve_catalogue

FILTERS = "Filters (several values of one are alternatives)"
COMMON = "Common options"


class Common(NamedTuple):
    """What every command can be told: which catalogue, colour, silence."""

    catalogue: str | None
    color: str
    quiet: bool
    no_pager: bool = False

    def open(self) -> Archive:
        """Open the catalogue in force."""
        telling = _Progress(sys.stderr) if not self.quiet and output.is_terminal(sys.stderr) else None
        try:
            return Archive(resolve_catalogue(self.catalogue), telling)
        finally:
            if telling is not None:
                telling.clear()

    def output(self) -> output.Output:
        """Decide how to write."""
        out = output.decide(self.color, self.quiet, not self.no_pager)
        out.reading = resolve_catalogue(self.catalogue)
        out.catalogue = self.named
        return out

    @property
    def named(self) -> str:
        """What a command to be typed next must name as its catalogue: "" where the shell's environment says so already."""
        typed = any(argument.startswith("--catalog") for argument in sys.argv)
        named = self.catalogue or ""
        return named if typed or named != os.environ.get("ARCHIVE_CATALOGUE", "") else ""


class _Progress:
    """Tells at a terminal how many events are compiled, on one line that is gone afterwards."""

    STEP = 2000

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.told = 0

    def __call__(self, number: int) -> None:
        if number >= self.told + self.STEP:
            self.told = number
            self.stream.write(f"\rreading the catalogue: {number:,} events\x1b[K")
            self.stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self.told:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _option(*names: str, help: str, metavar: str, complete: Callable[..., Any] | None = None) -> Any:
    return typer.Option(*names, help=help, metavar=metavar, rich_help_panel=FILTERS, autocompletion=complete)


def _complete(facet: str) -> Callable[..., Any]:
    def complete(ctx: typer.Context, incomplete: str) -> Any:
        from archivecli.cli import completion  # only in a completing shell

        return completion.values(facet, ctx, incomplete)

    return complete


_DATES: dict[str, tuple[str, str, str]] = {
    "year": ("--year", "2009", "held in this year; 2009..2010 for several"),
    "month": ("--month", "MONTH", "held in this month: 12, dec, december (of any year) or 2009-12"),
    "on": ("--on", "DAY", "held on this day: 26-06, '26 june' (of any year) or 2009-06-26"),
    "from_": ("--from", "DATE", "held on or after this day, month or year"),
    "to": ("--to", "DATE", "held on or before this day, month or year"),
}


def _filter_parameters() -> list[inspect.Parameter]:
    many = list[str] | None
    found = []
    for name, (option, metavar, about) in _DATES.items():
        kind = str | None if name in ("from_", "to") else many
        complete = _complete(name) if name in ("year", "month") else None
        found.append(
            _parameter(name, Annotated[kind, _option(option, help=about, metavar=metavar, complete=complete)], None)
        )
    for facet in FACETS:
        if facet.option:
            option = _option(f"--{facet.name}", help=facet.about, metavar="NAME", complete=_complete(facet.name))
            found.append(_parameter(facet.name, Annotated[many, option], None))
    return found


def _check_color(typed: str) -> str:
    if typed not in output.WHEN:
        raise typer.BadParameter(f"'{typed[:40]}' is none of {', '.join(output.WHEN)}")
    return typed


def _common_parameters() -> list[inspect.Parameter]:
    catalogue = typer.Option(
        "--catalogue",
        "--catalog",
        envvar="ARCHIVE_CATALOGUE",
        metavar="PATH",
        help="the catalogue to open, a file or a folder of files, or its name in the settings; the embedded one unless told",
        rich_help_panel=COMMON,
        show_envvar=True,
    )
    color = typer.Option(
        "--color",
        metavar="WHEN",
        help="auto (as the terminal allows), always or never",
        rich_help_panel=COMMON,
        callback=_check_color,
    )
    quiet = typer.Option("--quiet", "-q", help="no remarks on stderr", rich_help_panel=COMMON)
    no_pager = typer.Option("--no-pager", help="no pager for a long answer at a terminal", rich_help_panel=COMMON)
    return [
        _parameter("catalogue", Annotated[str | None, catalogue], None),
        _parameter("color", Annotated[str, color], "auto"),
        _parameter("quiet", Annotated[bool, quiet], False),
        _parameter("no_pager", Annotated[bool, no_pager], False),
    ]


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that its parameters ask for.

    ``where: Node`` stands for the filters, ``form: Form`` for the form of the answer, ``common: Common`` for the rest; a
    command that opens no catalogue has ``out: Output`` in place of the last.
    ``asked: Asked`` is the filters once more, as they were typed, for the commands that it suggests.
    """
    own = list(inspect.signature(function).parameters.values())
    names = {parameter.name for parameter in own}
    parameters = [p for p in own if p.name not in ("where", "form", "common", "asked", "out")]
    filters = _filter_parameters() if "where" in names else []
    forms = form_parameters() if "form" in names else []
    shared = _common_parameters() if "common" in names else _common_parameters()[1:]
    parameters += forms + filters + shared

    def run(**typed: Any) -> Any:
        common = Common(*(typed.pop(name, None) for name in Common._fields))
        if filters:
            chosen = {parameter.name: typed.pop(parameter.name) for parameter in filters}
            typed["where"] = criteria(chosen)
            if "asked" in names:
                typed["asked"] = tuple(_as_typed(chosen))
        if forms:
            typed["form"] = Form(*(typed.pop(parameter.name) for parameter in forms))
        return function(common=common, **typed) if "common" in names else function(out=common.output(), **typed)

    run.__name__ = function.__name__
    run.__doc__ = function.__doc__
    keyword_only = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
    run.__signature__ = inspect.Signature(keyword_only)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


Asked = tuple[tuple[str, str], ...]
"""Filters as they were typed: options with their values."""


def _as_typed(chosen: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, typed in chosen.items():
        for value in [typed] if isinstance(typed, str) else typed or ():
            yield f"--{name.rstrip('_')}", value


def criteria(typed: dict[str, Any]) -> Node:
    """Return the criteria that the filter options ask for."""
    parts: list[Node] = []
    if any(typed.get(name) for name in _DATES):
        parts += _dates(typed)
    for facet in FACETS:
        values = typed.get(facet.name)
        if values:
            parts.append(Is(facet.name, tuple(values)))
    return conjunction(*parts) if parts else conjunction()


def _dates(typed: dict[str, Any]) -> list[Node]:
    from archivecli.query import when  # 2 ms, only where dates are typed

    parts: list[Node] = []
    for name, read in (("year", when.year_filter), ("month", when.month_filter), ("on", when.day_filter)):
        found = [read(value) for value in typed.get(name) or ()]
        if found:
            parts.append(found[0] if len(found) == 1 else Or(tuple(found)))
    low, high = typed.get("from_"), typed.get("to")
    if low or high:
        first = when.typed_period(low, "--from").first if low else EVER.first
        last = when.typed_period(high, "--to").last if high else EVER.last
        if first > last:
            raise UsageError(f"--from {low} is after --to {high}", "exchange the two")
        parts.append(
            During(Period(first, last), " ".join(f for f in (low and f"--from {low}", high and f"--to {high}") if f))
        )
    return parts


Today = Annotated[
    str | None,
    typer.Option(
        "--today", envvar="ARCHIVE_TODAY", metavar="DATE", help="the day to take for today; the computer's unless told"
    ),
]


def today(typed: str | None) -> str:
    """Return the ISO day that counts as today, so that a run can be repeated; raise UsageError for what is no day."""
    if typed is None:
        import datetime  # 2 ms, only where today matters

        return datetime.date.today().isoformat()
    from archivecli.query import when

    period = when.typed_period(typed, "--today")
    if period.first != period.last:
        raise UsageError(f"--today: '{typed[:40]}' is not a day", 'write 2009-06-26 or "26 june 2009"')
    return period.first


Limit = Annotated[int | None, typer.Option("--limit", "-n", min=0, metavar="N", help="at most so many events")]
FailIfEmpty = Annotated[
    bool,
    typer.Option("--fail-if-empty", help="exit code 1 when nothing is listed or counted", rich_help_panel=COMMON),
]
Reverse = Annotated[bool, typer.Option("--reverse", "-r", help="the other way round")]

__all__ = ["Asked", "Common", "FailIfEmpty", "Limit", "Reverse", "Today", "command", "criteria", "partial", "today"]
