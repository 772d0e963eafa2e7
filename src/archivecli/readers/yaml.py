"""Parse YAML into plain values, strictly: no aliases, no tags, no implicit types.

The events of PyYAML's C parser are read directly, so nothing is converted to a boolean, a float or a Python object. Strings
stay strings; an unquoted one that YAML 1.1 reads as another type is an ``Ambiguous``, and the caller decides.
"""

import re
from functools import lru_cache
from typing import Any, TypeAlias

from archivecli.errors import Problem

MAX_DEPTH = 24  # levels of lists and mappings; a record needs six
MAX_TEXT = 1_000_000  # characters of one string
_MAX_ESCAPED = 8 * MAX_TEXT  # characters of one string as it is written, with escapes


class Ambiguous(str):
    """An unquoted string that YAML 1.1 reads as a number, a date, a boolean or null."""

    __slots__ = ("column", "line")
    line: int
    column: int
    plain = True


class Text(str):
    """A string with its position; ``plain`` if it is neither quoted nor a block."""

    __slots__ = ("column", "line", "plain")
    line: int
    column: int
    plain: bool


class List(list[Any]):
    """A list with its position; ``partial`` if an item was left out."""

    __slots__ = ("column", "line", "partial")

    def __init__(self, line: int, column: int) -> None:
        self.line, self.column, self.partial = line, column, False


class Map(dict[Any, Any]):
    """A mapping with its position; ``partial`` if an entry was left out."""

    __slots__ = ("column", "line", "partial")

    def __init__(self, line: int, column: int) -> None:
        self.line, self.column, self.partial = line, column, False


Value: TypeAlias = str | list[Any] | dict[str, Any]
Parsed: TypeAlias = tuple[Any, list[Problem]]  # a value, None if there is none, and why parts of it were left out


class ParseError(Exception):
    """The text is not YAML, or not in the supported part of YAML; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


_WORDS = frozenset("null yes no true false on off y n".split())
_NUMBERS = r"""(?ix) ~ | [-+]? \.inf | \.nan | = | <<
    | [-+]? (?: 0b[01_]+ | 0x[0-9a-f_]+ | [0-9][0-9_]* (?: \.[0-9_]*)? (?: e[-+]?[0-9]+)? | \.[0-9_]+ (?: e[-+]?[0-9]+)? )
    | [-+]? [0-9][0-9_]* (?: :[0-5]?[0-9])+ (?: \.[0-9_]*)?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} (?: (?: t | [ \t]+) [0-9:.]+ [ \t]* (?: z | [-+][0-9:]+)? )?
    """
_FIRST = frozenset("~nNyYtTfFoO0123456789+-.=<")


_MAX_AMBIGUOUS = 64  # characters; no longer string is a number, a date, a boolean or null


@lru_cache(maxsize=20_000)  # most strings recur, and are short
def is_ambiguous(text: str) -> bool:
    """Return whether YAML 1.1 reads this unquoted string as a number, a date, a boolean or null."""
    if text[:1] not in _FIRST or len(text) >= _MAX_AMBIGUOUS:
        return False
    return text.lower() in _WORDS if text[0].isalpha() else re.fullmatch(_NUMBERS, text) is not None


LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"


def decode(data: bytes, path: str, first_line: int = 1) -> str:
    """Return the text of a file or a part of it in UTF-8, without a byte-order mark; raise ParseError."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ParseError(Problem(path, 1, 1, "encoding", "the file is UTF-16", "save it as UTF-8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + first_line
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise ParseError(Problem(path, line, column, "encoding", what, "save the file as UTF-8")) from None
    bad = None if text.replace("\n", "").isprintable() else re.search(_FORBIDDEN, text)
    if bad:
        line, column = _position(text, bad.start())
        what = f"the character U+{ord(bad.group()):04X} is not allowed in a catalogue"
        hint = "remove it, or write it as an escape in double quotes"
        raise ParseError(Problem(path, line + first_line - 1, column, "character", what, hint))
    return text


def _position(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1


def parse(text: str, path: str, first_line: int = 1, depth: int = 0, places: bool = False) -> Parsed:
    """Parse the one document of ``text``; raise ParseError at the first syntax error.

    In its file, ``text`` begins on ``first_line`` and inside ``depth`` collections. With ``places``, values are ``Text``,
    ``Ambiguous``, ``List`` and ``Map``, which have a 1-based line and column. Duplicate keys, aliases, tags and the like are
    left out and reported in ``faults``.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader
    parser: Any = None
    try:
        parser = loader(text) if len(text) <= _MAX_ESCAPED else _fed(loader, text, path, first_line)
        return _Builder(path, first_line, MAX_DEPTH - depth, places).build(parser)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is not None and _many_open(text, mark.index):
            # the scanner reads ahead and may fail before it returns the brackets that are nested too deeply
            parse(text[: mark.index], path, first_line, depth)
        raise _syntax_error(error, text, path, first_line) from None
    except yaml.YAMLError as error:
        raise ParseError(Problem(path, first_line, 1, "syntax", f"not YAML: {str(error).splitlines()[0]}")) from None
    except (ValueError, OverflowError, RecursionError, LookupError, AttributeError) as error:
        raise ParseError(Problem(path, first_line, 1, "syntax", f"not YAML: {error}")) from None
    finally:
        if parser is not None:
            parser.dispose()


class _Builder:
    """Builds values from parser events, with a stack instead of recursion."""

    def __init__(self, path: str, first_line: int, max_depth: int, places: bool) -> None:
        self.path = path
        self.first_line = first_line
        self.max_depth = max_depth
        self.places = places
        self.faults: list[Problem] = []

    def build(self, parser: Any) -> Parsed:
        from yaml import events

        scalar, alias = events.ScalarEvent, events.AliasEvent
        map_start, list_start = events.MappingStartEvent, events.SequenceStartEvent
        map_end, list_end = events.MappingEndEvent, events.SequenceEndEvent
        get_event, places = parser.get_event, self.places
        root: Any = None
        stack: list[tuple[Any, Any]] = []
        node: Any = None  # the open collection
        key: Any = None  # in a mapping, the key whose value comes next
        documents = 0
        while True:
            event = get_event()
            kind = event.__class__
            if kind is scalar:
                if event.anchor or (event.tag and event.tag != "!"):
                    self._leave_out(event)
                value = event.value
                if len(value) > MAX_TEXT:
                    what = f"a value of {len(value):,} characters"
                    raise self._error(event, "size", what, f"the limit is {MAX_TEXT:,}")
                if places:
                    value = self._placed(event)
                elif not event.style and len(value) < _MAX_AMBIGUOUS and is_ambiguous(value):
                    value = Ambiguous(value)
            elif kind is map_start or kind is list_start:
                if event.anchor or (event.tag and event.tag != "!"):
                    self._leave_out(event)
                if len(stack) >= self.max_depth:
                    raise self._error(event, "depth", f"nested deeper than {MAX_DEPTH} levels", "a record needs six")
                stack.append((node, key))
                key = None
                is_map = kind is map_start
                node = (Map if is_map else List)(*self._place(event)) if places else {} if is_map else []
                continue
            elif kind is map_end or kind is list_end:
                value = node
                node, key = stack.pop()
            elif kind is events.StreamEndEvent:
                return root, self.faults
            elif kind is alias:
                self._leave_out(event)
                if places and node is not None:
                    node.partial = True
                if isinstance(node, dict):
                    key = _LEFT_OUT if key is None else None
                continue
            else:
                documents += kind is events.DocumentStartEvent
                if documents > 1:
                    raise self._error(event, "documents", "a second document", "keep one catalogue in a file")
                continue
            if not stack:
                root = value
            elif isinstance(node, list):
                node.append(value)
            elif key is None:
                key = value if value.__class__ is str and value not in node else self._key(value, node, event)
            else:
                if key is not _LEFT_OUT:
                    node[key] = value
                key = None

    def _place(self, event: Any) -> tuple[int, int]:
        return event.start_mark.line + self.first_line, event.start_mark.column + 1

    def _placed(self, event: Any) -> Ambiguous | Text:
        value: Ambiguous | Text
        if not event.style and len(event.value) < _MAX_AMBIGUOUS and is_ambiguous(event.value):
            value = Ambiguous(event.value)
        else:
            value = Text(event.value)
            value.plain = not event.style
        value.line, value.column = self._place(event)
        return value

    def _key(self, key: Any, node: Any, event: Any) -> str:
        """Return a valid key of a mapping, or _LEFT_OUT after reporting why it is not valid."""
        line, column = self._place(event)
        plain = isinstance(key, str) and getattr(key, "plain", not event.style)
        if not isinstance(key, str):
            line, column = (key.line, key.column) if self.places else (1, 1)
            what = "a list or mapping cannot be a key"
            fault = Problem(self.path, line, column, "key", what, "write a string before the ':'")
        elif key == "<<" and plain:
            what = "merge keys are not supported"
            fault = Problem(self.path, line, column, "plain-data", what, "write the fields out")
        elif plain and re.match(_ODD, key):
            fault = Problem(self.path, line, column, "syntax", f"the key begins with {_space_name(key[0])}", _SPACES)
        elif key in node:
            self.faults.append(duplicate_key(self.path, key, line, column))
            return _LEFT_OUT
        else:
            return key
        self.faults.append(fault)
        if self.places:
            node.partial = True
        return _LEFT_OUT

    def _leave_out(self, event: Any) -> None:
        what = f"the tag {event.tag}" if getattr(event, "tag", None) else "anchors and aliases (& and *)"
        hint = "write the value out, or quote it"
        self.faults.append(Problem(self.path, *self._place(event), "plain-data", f"{what} cannot be used", hint))

    def _error(self, event: Any, code: str, what: str, hint: str) -> ParseError:
        return ParseError(Problem(self.path, *self._place(event), code, what, hint))


_LEFT_OUT = Text("")  # the key of an entry that is left out; compared by identity


def duplicate_key(path: str, key: str, line: int, column: int) -> Problem:
    """Return the problem of a key that its mapping already has."""
    return Problem(path, line, column, "duplicate-key", f"'{key[:60]}' appears twice here", "keep one of the two")


# Long strings and deep nesting


def _many_open(text: str, index: int) -> bool:
    """Return whether more brackets than may be nested were opened just before ``index``."""
    begin = max(0, index - 2048)  # more than a YAML scanner reads ahead: a key has at most 1,024 characters
    return 0 < index < len(text) and text.count("[", begin, index) + text.count("{", begin, index) > MAX_DEPTH


class _Feed:
    """A file object for the C parser, which would read on to the end of the text while a string is not closed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0  # what the parser has read
        self.parsed = 0  # how far it had read at its last event
        self.exceeded = False

    def read(self, size: int) -> str:
        self.exceeded = self.at - self.parsed > _MAX_ESCAPED
        piece = "" if self.exceeded else self.text[self.at : self.at + size]
        self.at += len(piece)
        return piece


def _fed(loader: Any, text: str, path: str, first_line: int) -> Any:
    """Return a parser of a long text that raises ParseError if a string is longer than _MAX_ESCAPED."""
    feed = _Feed(text)
    parser = loader(feed)
    next_event, line, column = parser.get_event, first_line, 1

    def get_event() -> Any:
        nonlocal line, column
        try:
            event = next_event()
        finally:
            if feed.exceeded:
                limit = f"the limit is {MAX_TEXT:,} characters"
                raise ParseError(Problem(path, line, column, "size", "a value without an end", limit))
        feed.parsed = feed.at
        line, column = event.end_mark.line + first_line, event.end_mark.column + 1
        return event

    parser.get_event = get_event
    return parser


# Messages of syntax errors: for each of PyYAML's, a plainer one and a hint

_TABS = "indent with spaces, not tabs, and quote text that begins with @, ` or %"
_MESSAGES = {
    "found character that cannot start any token": ("this character cannot begin a value", _TABS),
    "mapping values are not allowed in this context": (
        "a second ': ' in one value",
        "quote the text, or check the indentation",
    ),
    "could not find expected ':'": ("a key without ': '", "check the indentation of this line, or quote the text"),
    "did not find expected key": ("this line does not fit the indentation or the value before it", ""),
    "did not find expected node content": ("a value is missing here, or a bracket is never closed", ""),
    "did not find expected '-' indicator": ("this line does not fit the list before it", ""),
    "found unexpected end of stream": ("a quote or bracket is never closed", ""),
    "did not find expected ',' or ']'": ("a list in [brackets] lacks a comma or its end", ""),
    "did not find expected ',' or '}'": ("a mapping in {braces} lacks a comma or its end", ""),
}
_SPACES = "type ordinary spaces; text copied from a web page often has others"

_ODD = "[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]"
# a line with a character that looks like a space but is none in YAML, in the indentation or after the key or dash
_ODD_SPACE = (
    rf"(?m)^[ ]*(?:({_ODD})\s*(?:- |[^\s:#-][^:\n]*:(?:\s|$))"
    rf"|(?:-[ ]+)?[A-Za-z_][\w-]*:({_ODD})|-({_ODD}))"
)


def _odd_space(text: str, line: int) -> int | None:
    """Return the index of the last such space up to ``line`` (from 0)."""
    end = -1
    while line >= 0 and (end := text.find("\n", end + 1)) >= 0:
        line -= 1
    end = end if end >= 0 else len(text)
    begin = text.rfind("\n", 0, max(0, end - 5000)) + 1
    *_, found = None, *re.compile(_ODD_SPACE).finditer(text, begin, end)
    return found.start(found.lastindex or 0) if found else None


def _space_name(space: str) -> str:
    import unicodedata

    name = unicodedata.name(space, "space").lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} (U+{ord(space):04X})"


def _syntax_error(error: Any, text: str, path: str, first_line: int) -> ParseError:
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    if mark and not text.isascii() and (at := _odd_space(text, mark.line)) is not None:
        line, column = _position(text, at)
        what = f"not YAML: {_space_name(text[at])} in place of a space"
        return ParseError(Problem(path, line - 1 + first_line, column, "syntax", what, _SPACES))
    said = error.problem or "not YAML"
    what, hint = _MESSAGES.get(said, (said, ""))
    opened = next((name for name in ("flow", "quoted") if name in (error.context or "")), "")
    if mark and context and opened and (context.line < mark.line or said == "found unexpected end of stream"):
        # a missing end is noticed later; what needs correction is where it begins
        mark = context
        what = "a quote is never closed" if opened == "quoted" else "a bracket is never closed"
    line, column = (mark.line + first_line, mark.column + 1) if mark else (first_line, 1)
    return ParseError(Problem(path, line, column, "syntax", f"not YAML: {what}", hint))
