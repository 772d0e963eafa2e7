"""Words of a query that begin with a hyphen: ``-sofia`` is a word to exclude, ``-qr`` and ``-fjson`` are options."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from archivecli.query.parser import MINUS

_SHORT_OPTIONS = r"-[qr0h]*[nfo]?"
_SHORT_WITH_VALUE = r"-[qr0h]*(?:n-?\d+|f=?(?P<format>[a-z-]+)|o[^:]*[./\\][^:]*)"


def with_exclusions(typed: Sequence[str], options: Sequence[Any]) -> Iterator[str]:
    """Yield a command line in which ``-sofia`` has a minus sign, with which no option begins."""
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
        elif word.startswith("-") and not is_short_option(word):
            yield f"{MINUS}{word[1:]}"
        else:
            yield word
            if takes_value.get(f"-{word[-1:]}") and re.fullmatch(_SHORT_OPTIONS, word):
                yield from islice(rest, 1)


def is_short_option(word: str) -> bool:
    """Return whether a word that begins with one hyphen is short options, such as ``-n5``, or ``-`` itself.

    A single letter that is no option counts as one, so that a slip is noticed.
    """
    if re.fullmatch(_SHORT_OPTIONS, word) or (len(word) == 2 and word[1].isalpha()):
        return True
    found = re.fullmatch(_SHORT_WITH_VALUE, word)
    if found is None or not found["format"]:
        return found is not None
    from archivecli.render import FORMATS  # only for what looks like a format

    return found["format"] in (*FORMATS, "table")


def is_option(word: str) -> bool:
    """Return whether a query word would be taken for an option where ``with_exclusions`` reads it."""
    return word.startswith("--") or (word.startswith("-") and word != "-" and is_short_option(word))
