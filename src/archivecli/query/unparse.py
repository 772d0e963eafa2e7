"""Turn criteria into query text or command-line arguments.

``parse(query_text(q)) == q`` for all criteria that the parser makes.
"""

import re

from archivecli import dates
from archivecli.query import criteria
from archivecli.query.criteria import EVERYTHING, Among, And, Annually, During, HasValue, Node, Not, Or, Phrase, Word
from archivecli.query.parser import TEXT_FIELDS, YEARS, parse
from archivecli.schema import CORE_FACETS

_FIELDS = {column: field for field, column in TEXT_FIELDS.items()}
_REPEATED = {"year", "month", "on"}
_OPTIONS = _REPEATED | {name for name, facet in CORE_FACETS.items() if facet.option}


def query_text(node: Node, years: range = YEARS) -> str:
    """Return the query text of criteria; ``years`` are those that it will be parsed with."""
    return " ".join(_words(node, years))


def arguments(node: Node, years: range = YEARS) -> tuple[list[str], list[str]]:
    """Return criteria as the words and the options of a command line: ``["corruption"], ["--year", "2009"]``.

    A second filter of the same name becomes a word, as several values of one option are alternatives.
    """
    words: list[Node] = []
    options: list[str] = []
    taken: set[str] = set()
    piped: list[str] = []
    for part in criteria.conjuncts(node):
        found = _options(part)
        names = {"--from" if name == "--to" else name for name in found[::2]}  # both make one filter
        if isinstance(part, Among):
            piped = ["-"]
        elif found and not names & taken:
            options += found
            taken |= names
        else:
            words.append(part)
    return [*_words(criteria.conjunction(*words), years), *piped], options


def _options(node: Node) -> list[str]:
    """Return a filter as options, each followed by its value, or an empty list."""
    sides = node.parts if isinstance(node, Or) else (node,)
    filters = [_filters(side) for side in sides]
    names = {field for pairs in filters for field, _ in pairs}
    if len(sides) > 1:
        fits = all(filters) and len(names) == 1 and names <= _REPEATED
    else:
        fits = names <= _OPTIONS or names <= {"from", "to"}
    return [word for pairs in filters for field, value in pairs for word in (f"--{field}", value)] if fits else []


def _filters(node: Node) -> list[tuple[str, str]]:
    """Return a filter as pairs of field and value; none for words, and for dates among words."""
    match node:
        case HasValue(facet, values):
            return [(facet, value) for value in values]
        case Annually(_, day, typed, from_free_text=False):
            return [("on" if day else "month", typed)]
        case During(typed=typed, from_free_text=False):
            ends = re.fullmatch(r"(?:(from):(.+?))??(?: ?(to):(.+))?", typed)
            if ends and typed:
                return [(field, value) for field, value in (ends.group(1, 2), ends.group(3, 4)) if field]
            return [(_period_field(node), typed)]
    return []


def _period_field(node: During) -> str:
    first, last = node.period
    if node.literal or (first == last and node.typed == " ".join(node.typed.split())):
        return "on"
    if re.fullmatch(r"[0-9]{4}|[0-9]{0,4}\.\.[0-9]{0,4}", node.typed):
        return "year"
    return "month" if node.period == dates.period(first[:7]) and ".." not in node.typed else "during"


def _words(node: Node, years: range) -> list[str]:
    """Return query text in pieces, each an argument of a command line."""
    if node == EVERYTHING:
        return []
    if isinstance(node, Or):
        sides = [_compound(side, years) if isinstance(side, Or) else _words(side, years) for side in node.parts]
        return [word for side in sides for word in ("OR", *side)][1:]
    words: list[str] = []
    bare: list[Node] = []  # words and dates, which can be read as another date together
    for part in criteria.conjuncts(node):
        if _is_bare(part):
            bare.append(part)
        else:
            words += [*_bare_words(bare, years), *_compound(part, years)]
            bare = []
    return words + _bare_words(bare, years)


def _is_bare(node: Node) -> bool:
    """Return whether the parser makes such a node from consecutive words."""
    match node:
        case Word(column=column):
            return not column
        case During(from_free_text=from_free_text) | Annually(from_free_text=from_free_text):
            return from_free_text
        case Or(parts):
            return all(isinstance(part, During) and part.from_free_text for part in parts)
    return False


def _bare_words(nodes: list[Node], years: range) -> list[str]:
    """Return words and dates, with AND between those that would be read as another date."""
    words: list[str] = []
    while nodes:
        for end in range(len(nodes), 0, -1):  # the longest run that is read as what it is
            run = " ".join(map(_bare, nodes[:end]))
            wanted, found = criteria.conjunction(*nodes[:end]), parse(run, years).where
            if found == wanted and type(found) is type(wanted):  # And(x) == Or(x), as they are tuples
                break
        else:
            run = f"({' '.join(_words(nodes[0], years))})" if isinstance(nodes[0], Or) else _bare(nodes[0])
        words += ["AND", *run.split()] if words else run.split()
        nodes = nodes[end:]
    return words


def _bare(node: Node) -> str:
    match node:
        case Word(text, prefix):
            return f"{text}*" if prefix else text
        case During(typed=typed) | Annually(typed=typed):
            return typed
        case Or(parts):
            return " ".join(map(_bare, parts))
    raise ValueError(node)


def _compound(node: Node, years: range) -> list[str]:
    """Return anything but a bare word or date."""
    match node:
        case Word(column=column):
            return [f"{_FIELDS[column]}:{_quoted(_bare(node))}"]
        case Phrase(text, column):
            return [f'{_FIELDS[column]}:"{text}"' if column else f'"{text}"']
        case Not(part):
            inner = _words(part, years)
            simple = len(inner) == 1 and re.match(r'["\w]', inner[0])
            return [f"-{inner[0]}" if simple else f"-({' '.join(inner)})"]
        case Or() | And():
            return [f"({' '.join(_words(node, years))})"]
        case HasValue(facet, values) if all(map(_is_simple, values)) or len(values) == 1:
            return [f"{facet}:{','.join(map(_quoted, values))}"]
        case HasValue(facet, values):
            return [f"({' OR '.join(f'{facet}:{_quoted(value)}' for value in values)})"]
    return [f"{field}:{_quoted(value)}" for field, value in _filters(node)]


def _is_simple(value: str) -> bool:
    return re.fullmatch(r"[\w.][\w.\-]*\*?", value) is not None and value not in ("AND", "OR", "NOT")


def _quoted(value: str) -> str:
    return value if _is_simple(value) else '"' + value.replace('"', " ") + '"'
