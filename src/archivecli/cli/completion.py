"""Completion with the Tab key: the candidates for a word, and the protocol of each shell."""

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import typer

from archivecli import display, text
from archivecli.archive import Archive
from archivecli.cli.options import TABLE, typed_catalogue
from archivecli.core_schema import CORE
from archivecli.errors import ArchiveError
from archivecli.query.criteria import PERIODS, SORTS, Query
from archivecli.render import FORMATS, ROW_FORMATS
from archivecli.schema import CORE_FACETS
from archivecli.settings import COLOURS, Settings

VARIABLE = "_ARCHIVE_COMPLETE"  # the name of the shell
SHELLS = ("bash", "zsh", "fish")
LIMIT = 200  # candidates
FILES = ":files"  # lets the shell complete file names


class Candidate(NamedTuple):
    """A candidate for the whole word, and its meaning."""

    value: str
    about: str = ""


def answer(cli: Any, commands: Mapping[str, str]) -> int:
    """Print the candidates, one a line with its meaning after a tab."""
    # zsh and fish pass the words of the line up to the cursor, beginning with the program, bash the line as one string
    shell, words, raw = os.environ[VARIABLE], sys.argv[1:], ""
    if shell == "bash":
        words, raw = split("".join(words[:1]))
    elif shell == "fish" and words:  # passes the word at the cursor with its quotes
        words[-1] = split(f"archive {words[-1]}")[0][-1]
    found: list[Candidate] = []
    with contextlib.suppress(ArchiveError, OSError):  # a shell would print the message into the prompt
        found = candidates(cli, commands, words[1:-1], words[-1]) if len(words) > 1 else []
    for value, about in found:
        line = _for_bash(value, raw) if shell == "bash" else f"{value}\t{' '.join(about.split())}"
        sys.stdout.buffer.write(f"{line}\n".encode())
    return 0


def split(line: str) -> tuple[list[str], str]:
    """Return the words of a command line of a shell, unquoted, and the last one as typed; after a space it is empty."""
    words, current, raw = [], "", ""
    quote, escaped = "", False
    for character in line:
        raw += character
        if escaped:
            current, escaped = current + character, False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character == quote:
            quote = ""
        elif quote:
            current += character
        elif character in "'\"":
            quote = character
        elif character.isspace():
            if len(raw) > 1:
                words.append(current)
            current, raw = "", ""
        else:
            current += character
    return [*words, current], raw


def _for_bash(value: str, raw: str) -> str:
    """Return what bash must insert: quoted like the word, from the last ``:`` or ``=`` on, where its words begin."""
    if value == FILES or raw[:1] in ("'", '"'):
        return value
    done = max(raw.rfind("="), raw.rfind(":")) + 1
    return re.sub(r"[^A-Za-z0-9_@%+=:,./-]", r"\\\g<0>", value[done:])


def candidates(cli: Any, commands: Mapping[str, str], words: Sequence[str], incomplete: str) -> list[Candidate]:
    """Return the candidates for ``incomplete`` after ``words`` (without the program)."""
    ctx, found, typed = _resolve(cli, [word for word in words if word != "="], incomplete.removeprefix("="))
    before = incomplete[: len(incomplete) - len(typed)]
    if isinstance(found, typer.core.TyperGroup) and not typed.startswith("-"):
        unknown = ctx._protected_args + ctx.args
        return [Candidate(name, about) for name, about in commands.items() if name.startswith(typed) and not unknown]
    if isinstance(found, typer.core.TyperCommand | typer.core.TyperGroup):
        takes_query = any(parameter.name == "words" for parameter in found.params)
        return [*_options(found.params, typed), *(query_words(ctx, typed) if takes_query else ())]
    return [Candidate(before + value, about) for value, about in _values_of(ctx, found.name.rstrip("_"), typed)]


def _resolve(cli: Any, words: list[str], incomplete: str) -> tuple[Any, Any, str]:
    """Return the context of a line, what its last word belongs to (a command or a parameter), and that word."""
    # private names, but Typer's own scripts import Rich for every key, and pass names of the catalogue through eval
    from typer._click.shell_completion import _resolve_context, _resolve_incomplete

    ctx = _resolve_context(cli, {}, "archive", words)
    return ctx, *_resolve_incomplete(ctx, words, incomplete)


def _options(params: Iterable[Any], typed: str) -> Iterator[Candidate]:
    for param in params:
        if param.param_type_name == "option" and not param.hidden:
            for name in (*param.opts, *param.secondary_opts):
                if name.startswith(typed) and (typed != "-" or name.startswith("--")):
                    yield Candidate(name, " ".join((param.help or "").split()))


def _values_of(ctx: Any, parameter: str, typed: str) -> Iterable[Candidate]:
    if parameter in FINDERS:
        return FINDERS[parameter](ctx, typed)
    if parameter in CORE_FACETS or parameter in PERIODS:
        return values(parameter, ctx, typed)
    choices: Iterable[str] = CHOICES.get(parameter, ())
    if parameter == "sort" and ctx.command.name != "search":
        choices = [sort for sort in SORTS if sort != "relevance"]
    elif parameter == "format" and ctx.command.name not in ("info", "validate"):
        writes_events = any(param.name == "fields" for param in ctx.command.params)
        choices = (TABLE, *(FORMATS if writes_events else ROW_FORMATS))
    elif parameter == "style":
        from archivecli.render.citation import STYLES

        choices = STYLES
    return [Candidate(choice) for choice in choices if choice.startswith(typed)]


CHOICES: dict[str, Iterable[str]] = {
    "by": (*PERIODS, *CORE_FACETS),
    "color": COLOURS,
    "color_by": CORE_FACETS,
    "format": ("text", "json"),
    "shell": SHELLS,
    "sort": SORTS,
    "sum": CORE.numbers,
}


def _archive(ctx: Any) -> Archive:
    return Archive(Settings(typed_catalogue(ctx)).catalogue.value)


def ids(ctx: Any, typed: str) -> Iterator[Candidate]:
    """Yield the ids that begin with ``typed``, with the titles of the events."""
    archive = _archive(ctx)
    typed = typed.encode(errors="backslashreplace").decode()
    for event_id in archive.index.by_ids(typed, LIMIT) or archive.index.by_ids_in_any_case(typed, LIMIT):
        if event := archive.index.get(event_id):
            yield Candidate(event_id, display.terminal_safe(event.title))


def query_words(ctx: Any, typed: str) -> Iterator[Candidate]:
    """Yield the fields of ``field:value`` and, after the colon, their values."""
    field, colon, value = typed.partition(":")
    bare = field.lstrip("-")
    if not colon:
        hyphen = field[: len(field) - len(bare)]
        for facet in CORE_FACETS.values():
            if bare and facet.name.startswith(bare):
                yield Candidate(f"{hyphen}{facet.name}:", facet.about)
    elif bare in CORE_FACETS or bare in PERIODS:
        quoted = '"' in value or " " in value
        for name, about in values(bare, ctx, value.replace('"', ""), str if quoted else _in_one_word):
            yield Candidate(f'{field}:"{name}"' if " " in name else f"{field}:{name}", about)


def _in_one_word(name: str) -> str:
    """Return a name as a query takes it without quotes, such as ``Law-enforcement-cooperation``, if possible."""
    # fish and zsh show only candidates that begin like the word on the line, which has no quotation mark
    word = re.sub(r"[\s\"(),-]+", "-", name).strip("-")
    return word if word[:1].isalnum() and text.key(word) == text.key(name) else name


def values(facet: str, ctx: Any, typed: str, written: Callable[[str], str] = str) -> list[Candidate]:
    """Return the values of a facet or period, formatted by ``written``, with their numbers of events."""
    wanted = text.fold(typed)
    found = [
        Candidate(display.terminal_safe(name), display.plural(count.number, "event"))
        for count in _archive(ctx).count_by(facet, Query())
        for name in dict.fromkeys(written(name) for name in (count.short, count.name))
        if name and count.number and text.fold(name).startswith(wanted)
    ]
    return found[:LIMIT]


def _catalogues(ctx: Any, typed: str) -> Iterator[Candidate]:
    with contextlib.suppress(ArchiveError):  # an invalid settings file
        for name, path in Settings().file.catalogues.items():
            if name.startswith(typed):
                yield Candidate(name, path)
    yield Candidate(FILES)


def _fields(ctx: Any, typed: str) -> Iterator[Candidate]:
    from archivecli.render import columns

    searched = ctx.command.name in ("search", "related")
    done, comma, last = typed.rpartition(",")
    yield from (Candidate(f"{done}{comma}{name}") for name in columns.known(CORE, searched) if name.startswith(last))


def _files(ctx: Any, typed: str) -> list[Candidate]:
    return [Candidate(FILES)]


# the function that returns candidates for the value of a parameter, by its name
FINDERS: dict[str, Callable[[Any, str], Iterable[Candidate]]] = {
    "id": ids,
    "ids": ids,
    "event_id": ids,
    "words": query_words,
    "catalogue": _catalogues,
    "fields": _fields,
    "output": _files,
    "file": _files,
    "paths": _files,
}
