"""Text made safe for a terminal or JSON; its width in terminal cells, padding, truncation, plurals."""

import re
from collections.abc import Mapping
from typing import Any

# Characters that act on others instead of being shown: C1 controls, line and paragraph separators,
# bidirectional embeddings, overrides and isolates (Unicode TR 36), invisible operators and fillers, the byte-order mark,
# tag characters, surrogates. The marks that some scripts cannot do without are not among them: joiners and non-joiners,
# the directional marks U+200E, U+200F and U+061C, and variation selectors.
_ACTING = (
    "\x7f-\x9f\u180e\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\ud800-\udfff"
)
# More than eight marks piled upon one letter would cover the lines above it.
_PILED = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_CONTROL = f"[\x00-\x08\x0b-\x1f{_ACTING}]|(?<=[{_PILED}]{{8}})[{_PILED}]"


def terminal_safe(text: str) -> str:
    """Return ``text`` safe for one line of a terminal or file: single spaces, controls escaped."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    return escape_controls(re.sub(r"[\t\r\n\f\v\u2028\u2029\x85 ]+", " ", text).strip())


def escape_controls(text: str) -> str:
    """Return ``text`` with each control character as ``\\x1b``, except line feeds and tabs.

    This is for whatever has no escapes of its own: the terminal, plain text, CSV, TSV, Markdown, BibTeX, RIS, iCalendar.
    """
    return text if text.isprintable() and text.isascii() else re.sub(_CONTROL, _escaped, text)


def collapse_whitespace(text: str) -> str:
    """Return ``text`` with each run of white space as one space."""
    return " ".join(text.split())


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of ``text``, separated by line breaks as in a folded block, each safe for a terminal."""
    return [terminal_safe(part) for part in re.split(r"\n\s*", text) if part.strip()]


def json_safe(text: str) -> str:
    """Return JSON of the same value in which control characters (C0, in JSON, are already) are escaped: ``\\u009b``."""
    return text if text.isascii() and "\x7f" not in text else re.sub(f"[{_ACTING}]", _escaped_in_json, text)


def _escaped_in_json(match: re.Match[str]) -> str:
    import json  # whoever has JSON has loaded it already

    return json.dumps(match.group())[1:-1] if match.group() != "\x7f" else "\\u007f"


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width(text: str) -> int:
    """Return the number of terminal cells that ``text`` takes: wide East Asian characters two, combining marks none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # 10 ms, only for text that is not ASCII

    return cell_len(text)


def pad(text: str, cells: int) -> str:
    """Return ``text`` padded with spaces to ``cells`` terminal cells."""
    return text + " " * (cells - width(text))


def truncate(text: str, cells: int, ellipsis: str = "…") -> str:
    """Return ``text`` truncated to ``cells`` terminal cells, with an ellipsis."""
    if width(text) <= cells:
        return text
    room = cells - len(ellipsis)
    if room < 1:
        return ellipsis[:cells]
    kept, taken = [], 0
    for character in text:
        taken += width(character)
        if taken > room:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ellipsis


_PLAIN = {"–": "-", "—": "-", "…": "...", "·": "-", "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'"}


def ascii_only(text: str) -> str:
    """Return ``text`` in ASCII: plain dashes and quotes, letters transliterated; it may become longer."""
    if text.isascii():
        return text
    from anyascii import anyascii  # 20 ms, only if the encoding is not Unicode

    return "".join(c if c.isascii() else _PLAIN.get(c) or anyascii(c) for c in text)


def shell_word(word: str) -> str:
    """Return ``word`` quoted for a shell if it needs it."""
    if word.translate(str.maketrans("-_./:", "xxxxx")).isalnum():
        return word
    import shlex  # 2 ms, only for what has to be quoted

    return shlex.quote(word)


def ascii_values(value: Any) -> Any:
    """Return a value with every string inside it in ASCII."""
    if isinstance(value, str):
        return ascii_only(value)
    if isinstance(value, Mapping):
        return {name: ascii_values(inner) for name, inner in value.items()}
    return [ascii_values(inner) for inner in value] if isinstance(value, list) else value


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 event``, ``1,204 events``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
