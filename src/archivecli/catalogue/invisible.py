"""Characters that cannot be seen: which of them a text needs, and which are slips."""

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

_WITHOUT_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")
"""Thai, Lao, Burmese and Khmer, in which a zero-width space is where a line may break."""


def stray(said: str) -> Iterator[int]:
    """Yield where a text has an invisible character, or a control, that it does not need."""
    if "\U0001f3f4" in said:
        said = _FLAG.sub(lambda match: "\U0001f3f4" * len(match.group()), said)
    right_to_left: bool | None = None
    for match in _INVISIBLE.finditer(said):
        at, sign = match.start(), match.group()
        if sign in "\u200e\u200f":
            if right_to_left is None:
                right_to_left = any(
                    unicodedata.bidirectional(character) in ("R", "AL") for character in set(said) - _MARKS
                )
            needed = right_to_left
        elif sign in (_NON_JOINER, _JOINER):
            needed = _joins(said, at)
        elif sign == "\u200b":
            needed = any(_WITHOUT_BLANKS.match(side) for side in (said[at - 1 : at], said[at + 1 : at + 2]))
        else:
            needed = False
        if not needed:
            yield at


_MARKS = frozenset("\u200e\u200f")


def _joins(said: str, at: int) -> bool:
    """Tell whether the joiner or non-joiner at a place changes how its neighbours are written."""
    before, after = said[at - 1 : at], said[at + 1 : at + 3].lstrip(_NON_JOINER + _JOINER)[:1]
    if not before or before in (_NON_JOINER, _JOINER):
        return False  # of two in a row, the first is enough
    if 9 in (unicodedata.combining(before), unicodedata.combining(after) if after else 0):
        return True  # a virama, which otherwise fuses the letters beside it
    base = _base(said, at)
    if said[at] == _JOINER:
        return bool(_CURSIVE.match(base) or _CURSIVE.match(after)) or (_is_picture(base) and _is_picture(after))
    return base.isalnum() and after.isalnum() and bool(_CURSIVE.match(base) or _CURSIVE.match(after))


def _base(said: str, at: int) -> str:
    """Return the character before a place, without the marks and skin tones that may follow it."""
    for index in range(at - 1, max(at - 9, -1), -1):
        if not unicodedata.category(said[index]).startswith("M") and not "\U0001f3fb" <= said[index] <= "\U0001f3ff":
            return said[index]
    return ""


def _is_picture(character: str) -> bool:
    if not character:
        return False
    return unicodedata.category(character) in ("So", "Sm") or "\U0001f000" <= character <= "\U0001faff"
