"""What a completing shell is offered: values from the index, with what they mean."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import typer

from archivecli import display, settings, text
from archivecli.archive import Archive
from archivecli.cli import output
from archivecli.errors import ArchiveError
from archivecli.query.criteria import Query
from archivecli.query.facets import BY_NAME, FACETS, PERIODS
from archivecli.settings import resolve_catalogue

LIMIT = 200
"""More than these are never offered."""

FILES = ":files"
"""Offered in place of a value where the shell should complete names of files."""


class Offer(NamedTuple):
    """A value, whole, and what it means."""

    value: str
    about: str = ""


def offers(cli: Any, commands: Mapping[str, str], words: list[str], incomplete: str) -> list[Offer]:
    """Return what may stand in place of ``incomplete`` after ``words`` (the program's name left out)."""
    # Typer keeps this to itself, and has nothing else that tells which option a word belongs to; its own scripts need
    # Rich for every press of a key, and hand names of the catalogue to 'eval'
    from typer._click.shell_completion import _resolve_context, _resolve_incomplete

    if incomplete == "=":
        incomplete = ""
    ctx = _resolve_context(cli, {}, "archive", [word for word in words if word != "="])
    found, typed = _resolve_incomplete(ctx, words, incomplete)
    before = incomplete[: len(incomplete) - len(typed)]
    if isinstance(found, typer.core.TyperGroup) and not typed.startswith("-"):
        unknown = ctx._protected_args + ctx.args
        return [Offer(name, about) for name, about in commands.items() if name.startswith(typed) and not unknown]
    if hasattr(found, "params"):
        searches = any(param.name == "words" for param in found.params)
        return [*_options(found.params, typed), *(query_words(ctx, typed) if searches else ())]
    return [offer._replace(value=before + offer.value) for offer in _values(ctx, found, typed)]


def _options(params: list[Any], typed: str) -> Iterator[Offer]:
    for param in params:
        if param.param_type_name == "option" and not getattr(param, "hidden", False):
            for name in [*param.opts, *param.secondary_opts]:
                if name.startswith(typed) and (typed != "-" or name.startswith("--")):
                    yield Offer(name, " ".join((param.help or "").split()))


def _values(ctx: Any, param: Any, typed: str) -> list[Offer]:
    name = (param.name or "").rstrip("_")
    by_name: dict[str, Callable[[], Any]] = {
        "id": lambda: ids(ctx, typed),
        "ids": lambda: ids(ctx, typed),
        "words": lambda: query_words(ctx, typed),
        "color": lambda: _starting(output.WHEN, typed),
        "by": lambda: _starting((*PERIODS, *BY_NAME), typed),
        "fields": lambda: _fields(typed),
        "catalogue": lambda: _catalogues(typed),
        "output": lambda: [Offer(FILES)],
        "file": lambda: [Offer(FILES)],
        "paths": lambda: [Offer(FILES)],
    }
    if name in BY_NAME or name in PERIODS:
        return values(name, ctx, typed)
    if name in by_name:
        return [Offer(*offer) for offer in by_name[name]()]
    choices = _choices(param)
    if choices:
        return _starting(choices, typed)
    return [Offer(item.value, item.help or "") for item in param.shell_complete(ctx, typed)]


def _choices(param: Any) -> list[str]:
    """Return the values that the help of an option lists: as ``one of a, b; …`` or as ``a|b``."""
    if (param.help or "").startswith("one of "):
        return str(param.help).removeprefix("one of ").partition(";")[0].split(", ")
    choices = (param.metavar or "").split("|")
    return choices if len(choices) > 1 else []


def _starting(choices: Any, typed: str) -> list[Offer]:
    return [Offer(choice) for choice in choices if choice.startswith(typed)]


def _catalogues(typed: str) -> list[Offer]:
    try:
        named = settings.load().catalogues
    except ArchiveError:
        named = {}
    return [*(Offer(name, where) for name, where in named.items() if name.startswith(typed)), Offer(FILES)]


def _fields(typed: str) -> list[Offer]:
    from archivecli.render import columns

    done, comma, last = typed.rpartition(",")
    return [Offer(f"{done}{comma}{name}") for name in columns.known() if name.startswith(last)]


def _archive(ctx: Any) -> Archive:
    given = ctx.params.get("catalogue") or (ctx.parent and ctx.parent.params.get("catalogue"))
    return Archive(resolve_catalogue(given or os.environ.get("ARCHIVE_CATALOGUE") or None))


def _silently(offer: Callable[..., Iterator[Offer]]) -> Callable[..., list[Offer]]:
    """Offer nothing rather than an error: a shell would show it in the middle of the line."""

    def offered(ctx: typer.Context, incomplete: str) -> list[Offer]:
        try:
            return list(offer(ctx, incomplete))
        except (ArchiveError, OSError):
            return []

    offered.__annotations__ = {"ctx": typer.Context, "incomplete": str}
    return offered


@_silently
def ids(ctx: typer.Context, incomplete: str) -> Iterator[Offer]:
    """Offer ids that begin with what is typed, with their titles."""
    archive = _archive(ctx)
    typed = incomplete.encode(errors="backslashreplace").decode()
    for event_id in archive.index.by_ids(typed, LIMIT) or archive.index.by_ids_in_any_case(typed, LIMIT):
        event = archive.index.get(event_id)
        if event:
            yield Offer(event_id, display.terminal_safe(event.title))


@_silently
def query_words(ctx: typer.Context, incomplete: str) -> Iterator[Offer]:
    """Offer fields for ``field:value`` and, after the colon, their values."""
    field, colon, typed = incomplete.partition(":")
    bare = field.lstrip("-")
    if not colon:
        for facet in FACETS:
            if bare and facet.name.startswith(bare):
                yield Offer(f"{field[: len(field) - len(bare)]}{facet.name}:", facet.about)
        return
    if bare in BY_NAME or bare in PERIODS:
        quoted = '"' in typed or " " in typed
        for offer in values(bare, ctx, typed.replace('"', ""), (lambda name: name) if quoted else _in_one_word):
            value = f'"{offer.value}"' if " " in offer.value else offer.value
            yield Offer(f"{field}:{value}", offer.about)


def _in_one_word(name: str) -> str:
    """Return a name as a query takes it without quotes: ``Law-enforcement-cooperation``; the name where that is not it.

    fish and zsh offer only what begins as the word on the line does, so that a quotation mark would be in the way.
    """
    word = re.sub(r"[\s\"(),-]+", "-", name).strip("-")
    return word if word[:1].isalnum() and text.key(word) == text.key(name) else name


def values(facet: str, ctx: Any, incomplete: str, spelled: Callable[[str], str] = lambda name: name) -> list[Offer]:
    """Offer the values of a facet, or the years or months of the archive, with their numbers of events.

    ``spelled`` says how a value is written where it is inserted.
    """
    try:
        tallies = _archive(ctx).tally(facet, Query())
    except (ArchiveError, OSError):
        return []
    wanted = text.fold(incomplete)
    found = [
        Offer(display.terminal_safe(name), f"{tally.number:,} event{'' if tally.number == 1 else 's'}")
        for tally in tallies
        for name in dict.fromkeys(spelled(name) for name in (tally.short, tally.name))
        if name and tally.number and text.fold(name).startswith(wanted)
    ]
    return found[:LIMIT]
