"""Find invisible characters that a text does not need."""

import re
import unicodedata
from collections.abc import Iterator

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
"""The flag of a region, such as Scotland: a black flag, invisible letters and their end."""

_NON_JOINER, _JOINER = "\u200c", "\u200d"
_CURSIVE = re.compile(
    "[\u0620-\u07ff\u0840-\u08ff\u1800-\u18af\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufefc\U00010d00-\U00010d3f\U0001e900-\U0001e95f]"
)
"""Arabic, Syriac, N'Ko, Mongolian and other scripts whose letters join."""

_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")
"""Thai, Lao, Burmese and Khmer, in which a zero-width space is where a line may break."""


def unneeded(text: str) -> Iterator[int]:
    """Yield the index of each invisible or control character that its script does not need."""
    if "\U0001f3f4" in text:
        text = _FLAG.sub(lambda match: "\U0001f3f4" * len(match.group()), text)
    right_to_left: bool | None = None
    for match in _INVISIBLE.finditer(text):
        index, character = match.start(), match.group()
        if character in "\u200e\u200f":
            if right_to_left is None:
                right_to_left = any(
                    unicodedata.bidirectional(character) in ("R", "AL") for character in set(text) - _MARKS
                )
            needed = right_to_left
        elif character in (_NON_JOINER, _JOINER):
            needed = _joins(text, index)
        elif character == "\u200b":
            needed = any(_WITHOUT_SPACES.match(side) for side in (text[index - 1 : index], text[index + 1 : index + 2]))
        else:
            needed = False
        if not needed:
            yield index


_MARKS = frozenset("\u200e\u200f")


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
    for earlier in range(index - 1, max(index - 9, -1), -1):
        if (
            not unicodedata.category(text[earlier]).startswith("M")
            and not "\U0001f3fb" <= text[earlier] <= "\U0001f3ff"
        ):
            return text[earlier]
    return ""


def _is_emoji(character: str) -> bool:
    if not character:
        return False
    return unicodedata.category(character) in ("So", "Sm") or "\U0001f000" <= character <= "\U0001faff"
