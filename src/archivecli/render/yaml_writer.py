"""YAML that every reader takes for the same: 1.1, 1.2 and Psych."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from archivecli import display

_RESERVED = frozenset("null true false yes no on off y n".split())
"""Words that some reader takes for a truth value or for nothing, in any capitals."""

_WORD = re.compile(r"(?:[0-9]{4}(?:-[0-9]{2}){0,2}-)?[^\W\d_]")
"""How a string begins that no reader takes for a number, a date or a symbol: with a letter, or as an id does."""

_ESCAPED = re.compile(r"\\(?:\\|U([0-9A-F]{8}))")


def dump(records: Sequence[Mapping[str, Any]], quote: bool = True) -> str:
    """Return a list of records as YAML; ``quote`` puts every string in quotes that some reader takes for another value."""
    import yaml

    dumper = _dumper() if quote else yaml.SafeDumper
    plain = [dict(record) for record in records]
    written: str = yaml.dump(plain, Dumper=dumper, allow_unicode=True, sort_keys=False, width=100, indent=2)
    return display.json_safe(_ESCAPED.sub(_unescaped, written) if "\\U" in written else written)


def _style(value: str) -> str | None:
    """Return the quotes that a string needs; None for a word.

    What is not clearly a word is quoted, instead of the numbers and dates of each reader being listed.
    """
    if display.json_safe(value) != value or "\\U" in value:
        return '"'  # the only style that has escapes; JSON's are among them
    return None if _WORD.match(value) and value.lower() not in _RESERVED else "'"


def _unescaped(match: re.Match[str]) -> str:
    """Return a character beyond U+FFFF in place of the escape that libyaml makes of each, also of an emoji."""
    character = chr(int(match[1], 16)) if match[1] else ""
    return character if character.isprintable() and character else match.group()


def _number(value: float) -> str:
    """Return a float without an exponent, which a catalogue does not take; its numbers have at most six decimals."""
    written = repr(value)
    return f"{value:.6f}" if "e" in written else written


@cache
def _dumper() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same text, ten times as fast

    class Dumper(base):  # type: ignore[misc]
        """Writes plain data: no aliases, and no string that a reader could take for something else."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def represent_string(self, data: str) -> Any:
            return self.represent_scalar("tag:yaml.org,2002:str", data, style=_style(data))

        def represent_number(self, data: float) -> Any:
            return self.represent_scalar("tag:yaml.org,2002:float", _number(data))

    Dumper.add_representer(str, Dumper.represent_string)
    Dumper.add_representer(float, Dumper.represent_number)
    return Dumper
