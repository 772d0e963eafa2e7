"""Every kind of finding in a catalogue, by its code: how grave it is and what it means.

``archive validate`` and docs/catalogue.md speak of these codes, and a test holds the three together.
"""

from typing import NamedTuple

ERROR, WARNING, UNREADABLE = "error", "warning", "unreadable"


class Code(NamedTuple):
    """A kind of finding: an ``error`` keeps a catalogue from being opened, a ``warning`` does not."""

    severity: str
    about: str


CODES: dict[str, Code] = {
    "unreadable": Code(UNREADABLE, "the file or folder does not exist, or may not be read"),
    "not-a-file": Code(UNREADABLE, "neither a regular file nor a folder"),
    "no-files": Code(UNREADABLE, "a folder without .yaml or .yml files"),
    "memory": Code(UNREADABLE, "there is not enough memory to read the file"),
    "changing": Code(UNREADABLE, "the file kept changing while it was read"),
    "size": Code(ERROR, "a file or a value beyond the limits"),
    "encoding": Code(ERROR, "the file is not UTF-8"),
    "character": Code(ERROR, "a control character that may not stand in a catalogue"),
    "syntax": Code(ERROR, "the text is not YAML"),
    "depth": Code(ERROR, "lists and mappings nested too deep"),
    "documents": Code(ERROR, "more than one YAML document in a file"),
    "plain-data": Code(ERROR, "anchors, aliases, tags and merge keys, which a catalogue does not use"),
    "key": Code(ERROR, "a list or mapping where a key should be"),
    "duplicate-key": Code(ERROR, "the same key twice in one mapping"),
    "type": Code(ERROR, "a list where a text should be, a text where a mapping should be, and the like"),
    "unknown-field": Code(ERROR, "a field, section or part that a catalogue does not have"),
    "missing": Code(ERROR, "a required field is left out"),
    "empty": Code(ERROR, "a field without a value"),
    "implicit-type": Code(ERROR, "a text that YAML reads as a number, a date or a truth value unless it is quoted"),
    "date": Code(ERROR, "not a day that exists, a month or a year"),
    "order": Code(ERROR, "the end is before the start"),
    "number": Code(ERROR, "not a number, not a whole one, or one that is too large"),
    "flag": Code(ERROR, "neither true nor false"),
    "url": Code(ERROR, "not an address that can be opened"),
    "id": Code(ERROR, "not an id: white space, a control character, a hyphen at the beginning, or too long"),
    "duplicate-id": Code(ERROR, "two events share an id"),
    "duplicate-name": Code(ERROR, "two terms of a section of the vocabulary share a name"),
    "unknown-name": Code(ERROR, "a name that its section of the vocabulary does not list"),
    "ambiguous-name": Code(ERROR, "a name that several terms of a section of the vocabulary have"),
    "unknown-event": Code(ERROR, "a related event that the catalogue does not have"),
    "no-events": Code(WARNING, "a catalogue without events"),
    "near-duplicate": Code(WARNING, "two events with nearly the same title at the same time and place"),
    "similar-name": Code(WARNING, "a name that differs from another one only in case, accents or punctuation"),
    "unused-term": Code(WARNING, "a term of the vocabulary that nothing uses"),
    "empty-text": Code(WARNING, "a text that says nothing: a dash, dots, TODO, n/a"),
    "repeated-value": Code(WARNING, "the same value twice in one list"),
    "mixed-script": Code(WARNING, "a word with letters of two scripts, such as a Cyrillic о among Latin letters"),
    "invisible-character": Code(
        WARNING, "a character that cannot be seen and is not needed: zero-width, soft hyphen, text direction, control"
    ),
    "white-space": Code(
        WARNING, "white space that is lost: a tab or a line break in text of one line, a no-break space at an end"
    ),
    "dropped-text": Code(WARNING, "what YAML drops: a comment right after an unquoted value, a lone ! before a value"),
    "undated-id": Code(WARNING, "an id that does not begin with the date of its event"),
    "far-future": Code(WARNING, "an event more than two years from now"),
    "long-event": Code(WARNING, "an event that lasts longer than a year"),
    "lone-year": Code(WARNING, "an event many years away from all others"),
}
