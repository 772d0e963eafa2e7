"""Look at the text of a file again: where each character of a value is, and what YAML drops silently."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any, NamedTuple

from archivecli import dates
from archivecli.readers.yaml import Ambiguous, Text, is_ambiguous

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_FOLDED = frozenset(" \t\n\r\x85\u2028\u2029")
"""Blanks and line breaks: YAML may write them in another way than it means them."""

_SHORT_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "N": "\x85", "L": "\u2028", "P": "\u2029"}
_TAG = re.compile(r"![^\s]*[ \t]*")
_QUOTED = {
    '"': re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.?)|[^ \t]"),
    "'": re.compile(r"''|[^ \t]"),
}
_BARE = re.compile(r"[^ \t]")
_COMMENT = re.compile(r"(?<=\S)([ \t]+)#")
_LONE_TAG = re.compile(r"(?:^|[\s\[{,])!(?=\s|$)", re.MULTILINE)


class Dropped(NamedTuple):
    """What YAML drops: its place, and the sign that makes YAML drop it, ``#`` or ``!``."""

    line: int
    column: int
    sign: str


def lines_in(content: str) -> list[str]:
    """Return the lines of a file as YAML counts them."""
    return _BREAK.split(content)


def places(lines: list[str], scalar: Text | Ambiguous, indexes: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the line and column where some characters of a value are written; ``indexes`` are in order.

    Blanks and breaks may be folded, so the other characters are counted, and a run of blanks is where the one before
    it ends.
    """
    written = _characters(lines, scalar)
    found = begin = end = (scalar.line, scalar.column)
    passed = 0
    for index in indexes:
        for character in scalar[passed : index + 1]:
            found = end
            if character not in _FOLDED:
                begin, end = next(written, (begin, end))
                found = begin
        passed = index + 1
        yield found


def _characters(lines: list[str], scalar: Text | Ambiguous) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield where each character of a value that is no blank begins and ends, and what follows the value."""
    number, at = scalar.line, scalar.column - 1
    if number > len(lines):
        return
    if tag := _TAG.match(lines[number - 1], at):
        at = tag.end()
    opening = lines[number - 1][at : at + 1]
    pattern = _BARE
    if not scalar.plain and opening in _QUOTED:
        pattern, at = _QUOTED[opening], at + 1
    elif not scalar.plain:  # a block, whose first line is a header
        number, at = number + 1, 0
    for line_number in range(number, len(lines) + 1):
        for match in pattern.finditer(lines[line_number - 1], at):
            if _meant(match.group()) not in _FOLDED:
                yield (line_number, match.start() + 1), (line_number, match.end() + 1)
        at = 0


def _meant(written: str) -> str:
    """Return the character that an escape stands for; a backslash at the end of a line stands for nothing but a blank."""
    if len(written) == 1 and written != "\\":
        return written
    if written[1:2] in ("x", "u", "U") and len(written) > 2:
        code = int(written[2:], 16)
        return chr(code) if code < 0x110000 else "?"
    return _SHORT_ESCAPES.get(written[1:], written[1:] or " ")


def dropped(lines: list[str], root: Any) -> Iterator[Dropped]:
    """Yield each comment that directly follows an unquoted value, and each lone ``!`` before a value.

    A comment that is clearly one passes: two blanks before its sign and one after it. So does one after a date or a
    number, which cannot go on.
    """
    signs = iter(_comments(lines))
    sign = next(signs, None)
    for scalar, following in pairwise(chain(_scalars(root), [None])):
        assert scalar is not None
        if lines[scalar.line - 1 : scalar.line] and lines[scalar.line - 1][scalar.column - 1 :][:1] == "!":
            yield Dropped(scalar.line, scalar.column, "!")
        while sign is not None and sign < (scalar.line, scalar.column):
            sign = next(signs, None)
        if sign is None or (following is not None and sign >= (following.line, following.column)):
            continue
        if scalar.plain and _ends_at(lines, scalar, *sign) and not _is_comment(lines, scalar, *sign):
            yield Dropped(*sign, "#")


def may_drop(content: str) -> bool:
    """Tell whether a file has anything that YAML might drop, so that most files need no closer look."""
    return _COMMENT.search(content) is not None or _LONE_TAG.search(content) is not None


def old_breaks(content: str) -> Iterator[tuple[int, int]]:
    """Yield the place of each U+0085, which YAML 1.1 takes for a line break and nothing else does."""
    begin = 0
    for number, match in enumerate(_BREAK.finditer(content), 1):
        if match.group() == "\x85":
            yield number, match.start() - begin + 1
        begin = match.end()


def _comments(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the place of each ``#`` that may begin a comment after something else on its line."""
    for number, line in enumerate(lines, 1):
        if "#" in line:
            yield from ((number, match.end()) for match in _COMMENT.finditer(line))


def _ends_at(lines: list[str], scalar: Text | Ambiguous, line: int, column: int) -> bool:
    """Tell whether nothing but blanks is between the end of an unquoted value and a place."""
    if line - scalar.line > len(scalar):
        return False
    first = lines[scalar.line - 1][scalar.column - 1 : column - 1 if line == scalar.line else None]
    tag = _TAG.match(first)
    between = [first[tag.end() if tag else 0 :], *lines[scalar.line : line - 1]]
    if line > scalar.line:
        between.append(lines[line - 1][: column - 1])
    return " ".join(between).split() == scalar.split()


def _is_comment(lines: list[str], scalar: Text | Ambiguous, line: int, column: int) -> bool:
    before, after = lines[line - 1][: column - 1], lines[line - 1][column : column + 1]
    if not scalar:
        return not after.strip()
    if is_ambiguous(scalar) or not dates.date_error(scalar):
        return True
    return not after.strip() and before.endswith(("  ", "\t"))


def _scalars(value: Any) -> Iterator[Any]:
    """Yield every key and single value inside a value, in the order of the file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _scalars(inner)
