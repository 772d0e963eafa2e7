"""YAML text → nodes that know their place: strict, bounded, without YAML's guesses.

The C parser's events are read directly: no value is constructed, so nothing is ever turned into a boolean, a float or a
Python object behind the archivist's back. Anchors, aliases, tags and merge keys are refused: a catalogue is plain data.
"""

from typing import Any, NamedTuple, TypeAlias

from archivecli.errors import Problem, did_you_mean
from archivecli.patterns import lazily

MAX_DEPTH = 24
"""How deep lists and mappings may nest; a record needs six levels."""

MAX_TEXT = 1_000_000
"""How many characters one value may have."""


class Scalar(NamedTuple):
    """A single value as text; ``plain`` where it stands without quotes and is no block."""

    text: str
    plain: bool
    line: int
    column: int


class Sequence(NamedTuple):
    """A list of nodes; ``partial`` where an item could not be read."""

    items: list["Node"]
    line: int
    column: int
    partial: bool = False


class Mapping(NamedTuple):
    """Keys and their nodes, in order, each key once; ``partial`` where an entry could not be read."""

    entries: list[tuple[Scalar, "Node"]]
    line: int
    column: int
    partial: bool = False


Node: TypeAlias = Scalar | Sequence | Mapping

_WORDS = frozenset("null yes no true false on off y n".split())
_FIGURES = lazily(
    r"""(?ix) ~ | [-+]? \.inf | \.nan | = | <<
    | [-+]? (?: 0b[01_]+ | 0x[0-9a-f_]+ | [0-9][0-9_]* (?: \.[0-9_]*)? (?: e[-+]?[0-9]+)? | \.[0-9_]+ (?: e[-+]?[0-9]+)? )
    | [-+]? [0-9][0-9_]* (?: :[0-5]?[0-9])+ (?: \.[0-9_]*)?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2} (?: (?: t | [ \t]+) [0-9:.]+ [ \t]* (?: z | [-+][0-9:]+)? )?
    """
)
_NO_TEXT_START = frozenset("~nNyYtTfFoO0123456789+-.=<")


def ambiguous(scalar: Scalar) -> bool:
    """Tell whether a YAML 1.1 reader would take this unquoted value for something other than text."""
    return scalar.plain and implicit(scalar.text)


def implicit(text: str) -> bool:
    """Tell whether YAML 1.1 takes this unquoted value for a number, a date, a truth value or nothing."""
    if text[:1] not in _NO_TEXT_START or len(text) >= 64:
        return False
    return text.lower() in _WORDS if text[0].isalpha() else _FIGURES.fullmatch(text) is not None


class Unreadable(Exception):
    """The text is not a catalogue in YAML; carries the one problem that stopped the reading."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def decode(data: bytes, path: str) -> str:
    """Return the text of a file, which must be UTF-8 (a byte-order mark is allowed); raise Unreadable otherwise."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(Problem(path, 1, 1, "encoding", "the file is UTF-16", "save it as UTF-8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise Unreadable(Problem(path, line, column, "encoding", what, "save the file as UTF-8")) from None
    bad = None if text.replace("\n", "").isprintable() else _FORBIDDEN.search(text)
    if bad:
        line, column = _place(text, bad.start())
        what = f"the character U+{ord(bad.group()):04X} may not stand in a catalogue"
        raise Unreadable(
            Problem(path, line, column, "character", what, "take it out, or write it as an escape in quotes")
        )
    return text


_FORBIDDEN = lazily("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1


def parse(
    text: str, path: str, first_line: int = 1, faults: list[Problem] | None = None, depth: int = 0
) -> Node | None:
    """Return the one document of ``text`` as a node, None where it is empty; raise Unreadable with the first fault.

    ``first_line`` is the line of the file at which ``text`` begins, ``depth`` the number of collections around it there.
    Where ``faults`` is given, what can be passed over (a duplicate key, an anchor, a tag) is left out and noted there, and
    only what is no YAML at all is raised.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader
    parser: Any = None
    try:
        parser = loader(text) if len(text) <= _ENOUGH else _fed(loader, text, path, first_line)
        return _Builder(path, first_line - 1, faults, depth).build(parser)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is not None and _many_open(text, mark.index):
            # the scanner reads ahead and may fail before it delivers the brackets that are nested too deeply
            parse(text[: mark.index], path, first_line, [], depth)
        raise _syntax_fault(error, text, path, first_line) from None
    except yaml.YAMLError as error:
        raise Unreadable(Problem(path, first_line, 1, "syntax", f"not YAML: {str(error).splitlines()[0]}")) from None
    except (ValueError, OverflowError, RecursionError, AttributeError, IndexError, KeyError) as error:
        raise Unreadable(Problem(path, first_line, 1, "syntax", f"not YAML: {error}")) from None
    finally:
        if parser is not None:
            parser.dispose()


def _many_open(text: str, index: int) -> bool:
    """Return whether just before ``index`` more brackets were opened than may be nested."""
    begin = max(0, index - _READ_AHEAD)
    return 0 < index < len(text) and text.count("[", begin, index) + text.count("{", begin, index) > MAX_DEPTH


_READ_AHEAD = 2048
"""More characters than a YAML scanner reads ahead: a key without a question mark has 1,024 at most."""

_ENOUGH = 8 * MAX_TEXT
"""How many characters may pass without the end of a value: escapes are longer than what they stand for."""


class _Feed:
    """A text in pieces, for the C parser, which would keep all of it while a value has no end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self.known = 0
        self.too_much = False

    def read(self, size: int) -> str:
        self.too_much = self.at - self.known > _ENOUGH
        piece = "" if self.too_much else self.text[self.at : self.at + size]
        self.at += len(piece)
        return piece


def _fed(loader: Any, text: str, path: str, first_line: int) -> Any:
    """Return a parser of a long text that gives up where one value takes more than is enough."""
    feed = _Feed(text)
    parser = loader(feed)
    next_event, line, column = parser.get_event, first_line, 1

    def get_event() -> Any:
        nonlocal line, column
        try:
            event = next_event()
        finally:
            if feed.too_much:
                limit = f"the limit is {MAX_TEXT:,} characters"
                raise Unreadable(Problem(path, line, column, "size", "a value without an end", limit))
        feed.known = feed.at
        line, column = event.end_mark.line + first_line, event.end_mark.column + 1
        return event

    parser.get_event = get_event
    return parser


_PLAIN_WORDS = {
    "found character that cannot start any token": "this character cannot begin a value",
    "mapping values are not allowed in this context": "a second ': ' in one value",
    "could not find expected ':'": "a key without ': '",
    "did not find expected key": "this line does not fit the indentation or the value before it",
    "did not find expected node content": "a value is missing here, or a bracket is never closed",
    "did not find expected '-' indicator": "this line does not fit the list before it",
    "found unexpected end of stream": "a quote or bracket is never closed",
    "did not find expected ',' or ']'": "a list in [brackets] misses a comma or its end",
    "did not find expected ',' or '}'": "a mapping in {braces} misses a comma or its end",
}
_ADVICE = {
    "found character that cannot start any token": "indent with blanks, not tabs, and quote text that begins with @, ` or %",
    "mapping values are not allowed in this context": "quote the text, or check the indentation",
    "could not find expected ':'": "check the indentation of this line, or quote the text",
}


_ODD_SPACES = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
_ODD_SPACE = lazily(
    rf"(?m)^[ ]*(?:([{_ODD_SPACES}])\s*(?:- |[^\s:#-][^:\n]*:(?:\s|$))"
    rf"|(?:-[ ]+)?[A-Za-z_][\w-]*:([{_ODD_SPACES}])|-([{_ODD_SPACES}]))"
)
"""A line that is indented, or whose key or dash is followed, by a space that is none to YAML."""


def _odd_space(text: str, line: int) -> tuple[int, int, str] | None:
    """Return the last such space up to ``line`` (from 0): its line (from 0), its column and its name."""
    begin, end = 0, -1
    for _ in range(line + 1):
        end = text.find("\n", end + 1)
        if end < 0:
            end = len(text)
            break
    begin = max(0, end - 5000)
    begin = text.rfind("\n", 0, begin) + 1
    *_, found = None, *_ODD_SPACE.finditer(text, begin, end)
    if found is None:
        return None
    at = found.start(found.lastindex or 0)
    line, column = _place(text, at)
    return line - 1, column, space_name(text[at])


def space_name(space: str) -> str:
    """Return the name of a space other than the usual one: "a no-break space (U+00A0)"."""
    import unicodedata

    name = unicodedata.name(space, "space").lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} (U+{ord(space):04X})"


def _syntax_fault(error: Any, text: str, path: str, first_line: int) -> Unreadable:
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    odd = _odd_space(text, mark.line) if mark and not text.isascii() else None
    if odd is not None:
        what = f"not YAML: {odd[2]} in place of a space"
        return Unreadable(Problem(path, odd[0] + first_line, odd[1], "syntax", what, _SPACES))
    said, hint = error.problem or "not YAML", _ADVICE.get(error.problem, "")
    what = _PLAIN_WORDS.get(said, said)
    opened = next((name for name in ("flow", "quoted") if name in (error.context or "")), "")
    if mark and context and opened and (context.line < mark.line or said == "found unexpected end of stream"):
        # what is never closed is noticed later; the place to mend is where it begins
        mark = context
        what = "a quote is never closed" if opened == "quoted" else "a bracket is never closed"
    line, column = (mark.line + first_line, mark.column + 1) if mark else (first_line, 1)
    return Unreadable(Problem(path, line, column, "syntax", f"not YAML: {what}", hint))


_SPACES = "type ordinary spaces; text that is pasted from a web page often has others"


_LEFT_OUT = Scalar("", False, 0, 0)
"""The key of an entry that is not read."""


class _Builder:
    """Turn parser events into nodes with a stack of its own, so that depth never becomes recursion."""

    def __init__(self, path: str, offset: int, faults: list[Problem] | None = None, depth: int = 0) -> None:
        self.path = path
        self.offset = offset
        self.faults = faults
        self.most = MAX_DEPTH - depth

    def pass_over(self, fault: Unreadable) -> None:
        """Note a fault that need not stop the reading, or raise it where nobody takes notes."""
        if self.faults is None:
            raise fault
        self.faults.append(fault.problem)

    def refuse(self, mark: Any, code: str, what: str, hint: str) -> Unreadable:
        return Unreadable(Problem(self.path, mark.line + 1 + self.offset, mark.column + 1, code, what, hint))

    def build(self, parser: Any) -> Node | None:
        from yaml import events as e

        offset = self.offset + 1
        root: Node | None = None
        stack: list[Any] = []  # [node, pending key, keys seen, whether it is partial] of each open collection
        documents = 0
        get_event = parser.get_event
        while True:
            event = get_event()
            kind = event.__class__
            if kind is e.ScalarEvent:
                mark = event.start_mark
                if event.anchor or (event.tag and event.tag != "!"):
                    self.pass_over(self._not_plain_data(event))
                text = event.value
                if len(text) > MAX_TEXT:
                    raise self.refuse(
                        mark, "size", f"a value of {len(text):,} characters", f"the limit is {MAX_TEXT:,}"
                    )
                node: Node = Scalar(text, event.style is None or event.style == "", mark.line + offset, mark.column + 1)
            elif kind is e.MappingStartEvent or kind is e.SequenceStartEvent:
                mark = event.start_mark
                if event.anchor or (event.tag and event.tag != "!"):
                    self.pass_over(self._not_plain_data(event))
                if len(stack) >= self.most:
                    raise self.refuse(mark, "depth", f"nested deeper than {MAX_DEPTH} levels", "a record needs six")
                maker: Any = Mapping if kind is e.MappingStartEvent else Sequence
                stack.append([maker([], mark.line + offset, mark.column + 1), None, set(), False])
                continue
            elif kind is e.MappingEndEvent or kind is e.SequenceEndEvent:
                node, _, _, partial = stack.pop()
                if partial:
                    node = node._replace(partial=True)  # type: ignore[call-arg]
            elif kind is e.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self.refuse(event.start_mark, "documents", "a second document", "keep one catalogue a file")
                continue
            elif kind is e.AliasEvent:
                self.pass_over(self._not_plain_data(event))
                if stack:
                    stack[-1][3] = True
                    if isinstance(stack[-1][0], Mapping):
                        stack[-1][1] = _LEFT_OUT if stack[-1][1] is None else None
                continue
            elif kind is e.StreamEndEvent:
                return root
            else:
                continue
            if not stack:
                root = node
                continue
            top = stack[-1]
            if isinstance(top[0], Sequence):
                top[0].items.append(node)
            elif top[1] is None:
                top[1] = self._key(node, top[2])
                top[3] = top[3] or (top[1] is _LEFT_OUT and not (isinstance(node, Scalar) and node.text in top[2]))
            else:
                if top[1] is not _LEFT_OUT:
                    top[0].entries.append((top[1], node))
                top[1] = None

    def _key(self, node: Node, seen: set[str]) -> Scalar:
        if not isinstance(node, Scalar):
            fault = self._fault(node, "key", "a list or mapping cannot be a key", "write a word before the ':'")
        elif node.text == "<<" and node.plain:
            fault = self._fault(node, "plain-data", "merge keys are not read", "write the fields out")
        elif node.text[:1] and not node.text[0].isascii() and node.plain and _ODD_START.match(node.text):
            what = f"the key begins with {space_name(node.text[0])}"
            fault = self._fault(node, "syntax", what, _SPACES)
        elif node.text in seen:
            fault = Unreadable(duplicate_key(self.path, node))
        else:
            seen.add(node.text)
            return node
        self.pass_over(fault)
        return _LEFT_OUT

    def _fault(self, node: Node, code: str, what: str, hint: str) -> Unreadable:
        return Unreadable(Problem(self.path, node.line, node.column, code, what, hint))

    def _not_plain_data(self, event: Any) -> Unreadable:
        what = f"the tag {event.tag}" if getattr(event, "tag", None) else "anchors and aliases (& and *)"
        return self.refuse(event.start_mark, "plain-data", f"{what} cannot be used", "write the value out, or quote it")


_ODD_START = lazily(f"[{_ODD_SPACES}]")


def duplicate_key(path: str, key: Scalar) -> Problem:
    """Return the problem of a key that its mapping has already."""
    said = f"'{key.text[:60]}' stands twice here"
    return Problem(path, key.line, key.column, "duplicate-key", said, "keep one of the two")


def unknown_key(word: str, known: list[str]) -> str:
    """Return the hint for a key that is not among ``known``."""
    return did_you_mean(word, known) or f"known here: {', '.join(known)}"
