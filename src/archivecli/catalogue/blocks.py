"""The plain part of YAML in which catalogues are nearly always written, read line by line: many times as fast.

``items`` returns what ``reader.parse`` returns, as bare values without places, or None for whatever is not beyond doubt:
then the full parser decides. A test compares the two on made-up, mutated and hostile texts.

A value is a text (``str``, or ``Quoted`` where it stood in quotes or a block), a list or a dict. The lines of a catalogue
repeat each other, so each different one is taken apart once.
"""

import re
from typing import Any, TypeAlias

from archivecli.catalogue import reader
from archivecli.catalogue.reader import MAX_TEXT

Value: TypeAlias = "str | Quoted | list[Value] | dict[str, Value]"


class Quoted:
    """A text that is one whatever it looks like: it stood in quotes or in a block."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class _Open(Quoted):
    """The beginning of a value that goes on below: the sign of a block, or a bracket that is not closed."""

    __slots__ = ()


_Line: TypeAlias = tuple[int, bool, str, Any]
"""Of a line: its indentation, whether a dash begins it, a key (or ""), and the value after that (None: it stands below)."""

_RARE = "\t\r\x85\u2028\u2029\ufeff"
_KEY = re.compile("[A-Za-z_][A-Za-z0-9_-]*")
_FLOW = re.compile(r"""\[([^][{}#&*!|>%@`:?\\]*)\]""")
_FLOW_MAP = re.compile(r"""\{([^{}#&*!|>%@`?\\]*)\}""")
_PAIR = re.compile(r" *([A-Za-z_][A-Za-z0-9_-]*): +(?:(\[[^][]*\])|([^][,:]*[^][,: ])) *(?:,|\Z)")
_BREAKS = re.compile(r"\n+")
_QUOTED = re.compile(r'"([^"\\]*)"|' + r"'([^']*)'")
_DEEPEST = 12
_BLOCKS = frozenset((">", ">-", "|", "|-"))


class _Doubt(Exception):
    """Something that only the full parser may judge."""


_NOTHING: _Line = (-1, False, "", None)
_END: _Line = (-2, False, "", None)
_ODD_LINE: _Line = (1_000_000, False, "", None)
"""Lines that say nothing, the end, and a line that has to be part of a value: it is too deep for anything else."""


class _Lines(dict[str, _Line]):
    """What each different line says."""

    def __missing__(self, line: str) -> _Line:
        try:
            found = _read(line)
        except _Doubt:
            found = _ODD_LINE
        if len(line) < 40:
            if len(self) >= 20_000:
                self.clear()
                self[_AFTER] = _END
            self[line] = found
        return found


_AFTER = "\n"
"""Stands for a line after the last one."""

_told = _Lines({_AFTER: _END}).__getitem__


def _read(line: str) -> _Line:
    bare = line.lstrip(" ")
    indent = len(line) - len(bare)
    if not line or bare[:1] == "#":
        return _NOTHING
    dash = bare[:2] == "- "
    if dash:
        bare = bare[2:]
    key, colon, value = bare.partition(":")
    if colon and value[:1] in ("", " ") and _is_key(key):
        value = value[1:]
        if value[:1] == " ":
            value = value.lstrip(" ")
        return indent, dash, key, _value(value) if value else None
    if not dash or not bare:
        raise _Doubt
    return indent, True, "", _value(bare)


class _Keys(dict[str, bool]):
    def __missing__(self, key: str) -> bool:
        found = _KEY.fullmatch(key) is not None
        if len(self) < 1000:
            self[key] = found
        return found


_is_key = _Keys().__getitem__


def _value(written: str) -> Value:
    """Return the value that a line holds after its key or dash, or its beginning."""
    first = written[0]
    if first.isalnum():
        if ": " in written or " #" in written or written[-1] in ": ":
            raise _Doubt
        return written
    if written in _BLOCKS:
        return _Open(written)
    if (first == "[" and written[-1] != "]") or (first == "{" and written[-1] != "}"):
        return _Open(written)
    return _inline(written)


def items(text: str, plain: bool = False) -> list[Value] | None:
    """Return the items of a block sequence (``- `` at one indentation), or None where the full parser has to read it.

    Whoever knows already that the text ``is_plain`` says so.
    """
    if len(text) > MAX_TEXT or not (plain or is_plain(text)):
        return None
    indent = len(text) - len(text.lstrip(" "))
    if "#" in text or text[-1:] in ("\n", " "):
        # comments that stand no deeper than the item end whatever is above them
        text = re.sub(rf"(?:\n {{0,{indent}}}(?:#.*)?)+\Z", "", text)
    read = _Reader(text)
    try:
        found = read.sequence(read.line(), 0)
    except _Doubt:
        return None
    return found if found and read.line() is _END else None


def document(text: str) -> reader.Mapping | None:
    """Return the keys and values of a text that is a mapping, or None where the full parser has to read it."""
    if len(text) > MAX_TEXT or not is_plain(text):
        return None
    read = _Reader(text)
    try:
        line = read.line()
        found = read.mapping(line, 0, 0) if line[0] == 0 and not line[1] else {}
    except _Doubt:
        return None
    root = node(found) if found and read.line() is _END else None
    return root if isinstance(root, reader.Mapping) else None


def is_plain(text: str) -> bool:
    """Tell whether a decoded text is a part of one document, and no character of it is rare."""
    if text.startswith(("---", "...")) or "\n---" in text or "\n..." in text:
        return False
    return not any(sign in text for sign in _RARE)


def node(value: Value) -> reader.Node:
    """Return a value as the full parser gives it, save its place."""
    if isinstance(value, str):
        return reader.Scalar(value, True, 0, 0)
    if isinstance(value, Quoted):
        return reader.Scalar(value.text, False, 0, 0)
    if isinstance(value, list):
        return reader.Sequence([node(item) for item in value], 0, 0)
    return reader.Mapping([(reader.Scalar(key, True, 0, 0), node(inner)) for key, inner in value.items()], 0, 0)


class _Reader:
    """Reads lines from the top; ``at`` is the next one. A method is given the line that it begins with, which is next."""

    def __init__(self, text: str) -> None:
        self.lines = text.rstrip("\n").split("\n")
        self.lines.append(_AFTER)
        self.at = 0

    def line(self) -> _Line:
        """Return the next line that says anything."""
        line = _told(self.lines[self.at])
        while line is _NOTHING:
            self.at += 1
            line = _told(self.lines[self.at])
        return line

    def sequence(self, line: _Line, depth: int) -> list[Value]:
        """Return the items at the indentation of ``line``."""
        indent = line[0]
        found: list[Value] = []
        while line[0] == indent and line[1]:
            if line[2]:
                found.append(self.mapping(line, indent + 2, depth + 1))
            else:
                self.at += 1
                found.append(self.rest(line[3], indent) if type(line[3]) is _Open else line[3])
            line = self.line()
        if line[0] > indent:  # the value goes on
            raise _Doubt
        return found

    def mapping(self, line: _Line, indent: int, depth: int) -> dict[str, Value]:
        """Return the keys at ``indent``, the first of which may stand behind a dash, with their values."""
        if depth > _DEEPEST:
            raise _Doubt
        lines = self.lines
        found: dict[str, Value] = {}
        _, _, key, value = line
        while True:
            if key in found or not key:
                raise _Doubt
            self.at += 1
            if value is None:
                found[key] = self.below(indent, depth)
            else:
                found[key] = self.rest(value, indent) if type(value) is _Open else value
            inner, dash, key, value = _told(lines[self.at])
            if inner != indent or dash:
                if inner == -1:
                    inner, dash, key, value = self.line()
                if inner > indent:  # the value goes on
                    raise _Doubt
                if inner != indent or dash:
                    return found

    def below(self, indent: int, depth: int) -> Value:
        """Return what stands below a key at ``indent``."""
        line = self.line()
        inner, dash = line[0], line[1]
        if dash and inner >= indent:
            return self.sequence(line, depth + 1)
        if inner <= indent:
            raise _Doubt
        return self.mapping(line, inner, depth + 1)

    def rest(self, begun: _Open, indent: int) -> Value:
        """Return a value that goes on below its beginning; ``indent`` is that of the mapping or list around it."""
        written = begun.text
        return self.block(written, indent) if written in _BLOCKS else _inline(self.closed(written, indent))

    def closed(self, written: str, indent: int) -> str:
        """Return a list in brackets or a mapping in braces with the lines in which it goes on."""
        closing = "]" if written[0] == "[" else "}"
        while written[-1] != closing:
            line = self.lines[self.at]
            more = line.strip(" ")
            if not more or line == _AFTER or len(line) - len(line.lstrip(" ")) <= indent:
                raise _Doubt
            written = f"{written} {more}"
            self.at += 1
        return written

    def block(self, sign: str, indent: int) -> Quoted:
        """Return a folded or literal block whose lines are indented alike."""
        lines, begin = self.lines, self.at
        first = lines[begin]
        width = len(first) - len(first.lstrip(" "))
        margin = first[:width]
        if width <= indent:
            raise _Doubt
        found: list[str] = []
        for line in lines[begin:]:
            if line.startswith(margin):
                if line[width : width + 1] in ("", " "):
                    raise _Doubt
                found.append(line[width:])
            elif line:
                break
            else:
                found.append("")
        self.at = begin + len(found)
        text = "\n".join(found).rstrip("\n")
        if sign[0] == ">":
            text = _BREAKS.sub(_folded, text) if "" in found else text.replace("\n", " ")
        return Quoted(text if len(sign) > 1 else f"{text}\n")


def _folded(match: re.Match[str]) -> str:
    return match.group()[1:] or " "


def _inline(written: str) -> Value:
    """Return a quoted text or a list in brackets that is written without any art."""
    if match := _FLOW.fullmatch(written):
        return _parts(match[1])
    if match := _FLOW_MAP.fullmatch(written):
        return _pairs(match[1])
    if match := _QUOTED.fullmatch(written):
        return Quoted(match[1] if match[1] is not None else match[2])
    raise _Doubt


def _parts(written: str) -> list[Value]:
    """Return what stands between brackets: simple values."""
    parts: list[Value] = [part.strip(" ") for part in written.split(",")]
    if not all(part[:1].isalnum() for part in parts if isinstance(part, str)):
        raise _Doubt
    return parts


def _pairs(written: str) -> dict[str, Value]:
    """Return what stands between braces: keys with simple values, or lists of such."""
    found: dict[str, Value] = {}
    at = 0
    while match := _PAIR.match(written, at):
        key, several, value = match.groups()
        if key in found:
            raise _Doubt
        if several:
            found[key] = _inline(several)
        elif value[:1].isalnum():
            found[key] = value
        else:
            raise _Doubt
        at = match.end()
        if at == len(written):
            break
    if at < len(written) or written.endswith(","):
        raise _Doubt
    return found
