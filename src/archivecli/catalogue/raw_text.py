"""Examine text for the linter: the position of a character in a file, what YAML drops silently, invisible characters."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

from archivecli import dates
from archivecli.readers.yaml import LINE_BREAK, Ambiguous, Text, is_ambiguous

_FOLDED = frozenset(" \t\n\r\x85\u2028\u2029")  # YAML may read these differently from how they are written
_SHORT_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "N": "\x85", "L": "\u2028", "P": "\u2029"}
_TAG = re.compile(r"![^\s]*[ \t]*")
_QUOTED = {
    '"': re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.?)|[^ \t]"),
    "'": re.compile(r"''|[^ \t]"),
}
_BARE = re.compile(r"[^ \t]")
_COMMENT = re.compile(r"(?<=\S)([ \t]+)#")
_LONE_TAG = re.compile(r"(?:^|[\s\[{,])!(?=\s|$)", re.MULTILINE)


def positions(lines: list[str], scalar: Text | Ambiguous, indexes: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the line and column where some characters of a value are written; ``indexes`` are in order.

    Spaces and line breaks may be folded, so the other characters are counted; a space is where the one before it ends.
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
    """Yield where each character of a value other than spaces begins and ends, and what follows the value."""
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
    """Return the character of an escape; a backslash at the end of a line counts as a space."""
    if len(written) == 1 and written != "\\":
        return written
    if written[1:2] in ("x", "u", "U") and len(written) > 2:
        code = int(written[2:], 16)
        return chr(code) if code < 0x110000 else "?"
    return _SHORT_ESCAPES.get(written[1:], written[1:] or " ")


def dropped(content: str, lines: list[str], root: Any) -> Iterator[tuple[int, int, str]]:
    """Yield the line, the column and the ``#`` of comments after unquoted values, and the lone ``!`` before values.

    Not those that are clearly comments: with two spaces before the ``#`` and one after it, or after a date or a number.
    """
    if not _COMMENT.search(content) and not _LONE_TAG.search(content):  # as in most files
        return
    written = enumerate(lines, 1)
    signs = ((number, match.end()) for number, line in written if "#" in line for match in _COMMENT.finditer(line))
    sign = next(signs, None)
    for scalar, following in pairwise(chain(_scalars(root), [None])):
        assert scalar is not None
        if lines[scalar.line - 1 : scalar.line] and lines[scalar.line - 1][scalar.column - 1 :][:1] == "!":
            yield scalar.line, scalar.column, "!"
        while sign is not None and sign < (scalar.line, scalar.column):
            sign = next(signs, None)
        if sign is None or (following is not None and sign >= (following.line, following.column)):
            continue
        if scalar.plain and _ends_at(lines, scalar, *sign) and not _is_comment(lines, scalar, *sign):
            yield *sign, "#"


def old_breaks(content: str) -> Iterator[tuple[int, int]]:
    """Yield the position of each U+0085, which is a line break only in YAML 1.1."""
    begin = 0
    for number, match in enumerate(LINE_BREAK.finditer(content), 1):
        if match.group() == "\x85":
            yield number, match.start() - begin + 1
        begin = match.end()


def _ends_at(lines: list[str], scalar: Text | Ambiguous, line: int, column: int) -> bool:
    """Return whether only spaces are between the end of an unquoted value and a position."""
    if line - scalar.line > len(scalar):
        return False
    between = lines[scalar.line - 1 : line]
    between[-1] = between[-1][: column - 1]
    first = between[0][scalar.column - 1 :]
    tag = _TAG.match(first)
    between[0] = first[tag.end() if tag else 0 :]
    return " ".join(between).split() == scalar.split()


def _is_comment(lines: list[str], scalar: Text | Ambiguous, line: int, column: int) -> bool:
    before, after = lines[line - 1][: column - 1], lines[line - 1][column : column + 1]
    if not scalar:
        return not after.strip()
    if is_ambiguous(scalar) or not dates.date_error(scalar):
        return True
    return not after.strip() and before.endswith(("  ", "\t"))


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _scalars(inner)


# Invisible characters

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
# the flag of a region, such as Scotland: a black flag, invisible letters and their end
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_MARKS = frozenset("\u200e\u200f")  # left-to-right and right-to-left
_NON_JOINER, _JOINER = "\u200c", "\u200d"
# Arabic, Syriac, N'Ko, Mongolian and other scripts whose letters join
_CURSIVE = re.compile(
    "[\u0620-\u07ff\u0840-\u08ff\u1800-\u18af\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufefc\U00010d00-\U00010d3f\U0001e900-\U0001e95f]"
)
# Thai, Lao, Burmese and Khmer, in which a zero-width space is where a line may break
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")


def invisible(text: str) -> Iterator[int]:
    """Yield the index of each invisible character that the text does not need."""
    if "\U0001f3f4" in text:
        text = _FLAG.sub(lambda match: "\U0001f3f4" * len(match.group()), text)
    right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL") for character in set(text) - _MARKS)
    for match in _INVISIBLE.finditer(text):
        index, character = match.start(), match.group()
        needed = (
            (character in _MARKS and right_to_left)
            or (character in (_NON_JOINER, _JOINER) and _joins(text, index))
            or (character == "\u200b" and _WITHOUT_SPACES.search(text[max(index - 1, 0) : index + 2]))
        )
        if not needed:
            yield index


def _joins(text: str, index: int) -> bool:
    """Return whether the joiner or non-joiner at ``index`` changes how its neighbours are written."""
    before, after = text[index - 1 : index], text[index + 1 : index + 3].lstrip(_NON_JOINER + _JOINER)[:1]
    if not before or before in (_NON_JOINER, _JOINER):
        return False  # of two in a row, the first is enough
    if 9 in (unicodedata.combining(before), unicodedata.combining(after) if after else 0):
        return True  # a virama, which otherwise fuses the letters beside it
    base = _base(text, index)
    if text[index] == _JOINER:
        return bool(_CURSIVE.match(base) or _CURSIVE.match(after)) or (_is_emoji(base) and _is_emoji(after))
    return base.isalnum() and after.isalnum() and bool(_CURSIVE.match(base) or _CURSIVE.match(after))


def _base(text: str, index: int) -> str:
    """Return the character before ``index``, skipping combining marks and skin tones."""
    for character in reversed(text[max(index - 8, 0) : index]):
        if unicodedata.category(character)[0] != "M" and not "\U0001f3fb" <= character <= "\U0001f3ff":
            return character
    return ""


def _is_emoji(character: str) -> bool:
    return character != "" and (
        unicodedata.category(character) in ("So", "Sm") or "\U0001f000" <= character <= "\U0001faff"
    )
