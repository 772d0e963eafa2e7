"""Fold text for comparison, and split it into the words of the index."""

import re
from collections.abc import Callable, Sequence

# Cyrillic and Greek letters that look like Latin ones; in a word with Latin letters they are a typo
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХЅІЈавекмнорстухѕіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXSIJabekmhopctyxsijABEZHIKMNOPTYXo",
)
# European letters and characters that have no accent to remove, in ASCII as by anyascii
_MARKS = "[\u0300-\u0362]+"
_EUROPEAN = str.maketrans("ðÐłŁđĐøØı–—‘’“”„·•", 'dDlLdDoOi--\'\'"""-*') | str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th"}
)
_MIXED = r"[^\W\d_]+"
_LATIN = r"[A-Za-z]"
# Patterns are strings, which ``re`` compiles at their first use and keeps: compiling all takes 4 ms of a start.
# Text may be long and hostile: no pattern starts within a word or backtracks, which could take for ever. Lookbehinds come
# after the first character: that is three times as fast.
_DOTTED = (
    r"[A-Za-z]\.(?<!\w[A-Za-z]\.)(?<!\b[A-Za-z]\.[A-Za-z]\.)"
    r"(?:(?:[A-Za-z]\.)++(?![A-Za-z])|(?:[A-Za-z]\.)*+[A-Za-z]\b(?!\.?[A-Za-z]))"
)
_ELISION = r"['\u2019\u02bc`]"
_GROUPED = r"\d(?<![\w.,]\d)\d{0,2}+(?:[.,\u00a0\u202f]\d{3})++(?![\d.,]*\d)"
WORD = r"[a-z0-9]+"
_NOT_WORD = r"[^a-z0-9]+"
_DECIMAL = r"[.,](?<=\d[.,])(?=\d{1,2}(?!\d))"
_IN_NUMBER = r"\d[.,\u00a0\u202f]\d"  # what the two patterns of numbers need, quick to look for
_IN_ACRONYM = r"\.[A-Za-z]"
_HYPHENATED = r"(?<![a-z0-9])[a-z][a-z0-9]*+(?:[-/.][a-z][a-z0-9]*)+"
_SYMBOLS = {"€": "euro", "$": "dollar", "£": "pound", "%": "percent", "©": "copyright"}
_SYMBOL = "[€$£%©]"
_PICTURE = "[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]"  # arrows, dingbats, emoji
_ORDINAL = r"(?<=\d)(?:st|nd|rd|th)\b"


def fold(text: str) -> str:
    """Return ``text`` as lower-case ASCII: without accents, other scripts transliterated.

    ``Gürbüz`` → ``gurbuz``, ``Đorđe`` → ``dorde``, ``арргоvе`` (half Cyrillic) → ``approve``, ``Скопје`` → ``skopje``.
    """
    if text.isascii():
        return text.lower()
    import unicodedata

    bare = re.sub(_MARKS, "", unicodedata.normalize("NFKD", text)).translate(_EUROPEAN)
    if bare.isascii():
        return bare.lower()
    from anyascii import anyascii  # 20 ms, needed only for other scripts and rare signs

    text = unicodedata.normalize("NFKC", text)
    return anyascii(re.sub(_MIXED, _latinise, text.replace("đ", "d").replace("Đ", "D"))).lower()


def _latinise(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii() or not re.search(_LATIN, word):
        return word
    return word.translate(_LOOKALIKES).replace("р", "p").replace("г", "r").replace("п", "n")


# Folding never looks across a space. So text is split at spaces, and the result for each run of characters is kept, as most
# runs are words that occur again.

_BREAK = "\x01"  # between strings that are folded together
_JOINED = "+"  # before a hyphenated word that is joined: no other token has it


class _Memo(dict[str, str]):
    """Runs of characters, each folded once by a rule."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        self.rule = rule

    def __missing__(self, run: str) -> str:
        found = "¶" if run == _BREAK else run if run == "\n" else self.rule(run)
        if len(run) < 100:
            if len(self) >= 50_000:
                self.clear()
            self[run] = found
        return found

    def fold(self, text: str) -> str:
        return " ".join(map(self.__getitem__, text.split(" ")))

    def fold_all(self, texts: Sequence[str]) -> list[str]:
        """Fold texts together, which takes a third of the time; line breaks are kept."""
        together = f" {_BREAK} ".join([text.replace(_BREAK, " ") for text in texts])
        return self.fold(together.replace("\n", " \n ")).split("¶") if texts else []


def _tokenize(run: str) -> str:
    bare = run.strip('.,;:!?()"')
    if bare.isascii() and bare.isalpha():  # nearly always
        return bare.lower()
    plain = _normalize(run)
    joined = [_JOINED + re.sub(_NOT_WORD, "", compound) for compound in re.findall(_HYPHENATED, plain)]
    return " ".join([*re.findall(WORD, plain), *joined])


def _name_key(run: str) -> str:
    if run.isascii() and run.isalpha():
        return run.lower()
    return " ".join(re.findall(WORD, fold(re.sub(_ELISION, "", run)).replace(".", "")))


_tokens = _Memo(_tokenize)
_name_keys = _Memo(_name_key)


def searchable(text: str) -> str:
    """Return ``text`` as the index reads it: folded words separated by spaces, ``¶`` between its lines.

    Full stops inside acronyms, apostrophes and thousands separators are removed (``U.N.`` → ``un``, ``don't`` → ``dont``,
    ``400.000`` → ``400000``); a decimal number stays one word (``17.5`` → ``17d5``); symbols are spelled out (``€``,
    ``%``). Hyphenated words come once more at the end, joined: ``e-learning`` → ``e learning ¶ elearning``.
    """
    plain = text.replace(". ", " ").replace(", ", " ").rstrip(".")
    if plain.isascii() and plain.replace(" ", "").isalpha():  # most texts; five times as fast
        return plain.lower()
    folded = _tokens.fold(text.replace("\n", f" {_BREAK} "))
    if _JOINED not in folded:
        return folded
    joined = [token[1:] for token in folded.split(" ") if token[:1] == _JOINED]
    return " ".join([_without_joined(folded), "¶", *joined])


def _without_joined(folded: str) -> str:
    return " ".join([token for token in folded.split(" ") if token[:1] != _JOINED]) if _JOINED in folded else folded


def _normalize(text: str) -> str:
    """Return folded text in which numbers, acronyms and symbols have the form of words."""
    if not text.isascii():
        text = re.sub(_PICTURE, " ", text)
    text = re.sub(_SYMBOL, lambda match: f" {_SYMBOLS[match.group()]} ", text)
    text = fold(re.sub(_ELISION, "", text))
    if re.search(_IN_NUMBER, text):
        text = re.sub(_GROUPED, lambda match: re.sub(_NOT_WORD, "", match.group()), text)
        text = re.sub(_DECIMAL, "d", text)
    if re.search(_IN_ACRONYM, text):
        text = re.sub(_DOTTED, lambda match: match.group().replace(".", ""), text)
    return re.sub(_ORDINAL, "", text)


def words(text: str) -> list[str]:
    """Return the words of ``text`` as the index holds them, unstemmed; a hyphenated word gives its parts."""
    return words_all([text])[0].split()


def words_all(texts: Sequence[str]) -> list[str]:
    """Return the words of each text, separated by spaces and by the line breaks of the text."""
    return [_without_joined(found) for found in _tokens.fold_all(texts)]


def compound(text: str) -> str:
    """Return a hyphenated word joined (``e-learning`` → ``elearning``); an empty string for any other."""
    folded = _normalize(text)
    return re.sub(_NOT_WORD, "", folded) if re.fullmatch(_HYPHENATED, folded) else ""


def key(text: str) -> str:
    """Return the form in which names are compared: folded words separated by single spaces."""
    return keys([text])[0]


def keys(texts: Sequence[str]) -> list[str]:
    """Return the ``key`` of each text."""
    return [" ".join(found.split()) for found in _name_keys.fold_all(texts)]


def sort_keys(texts: Sequence[str]) -> list[str]:
    """Return sort keys that ignore case and accents, and put 9 before 10."""
    distinct = list(dict.fromkeys(texts))
    found = dict(zip(distinct, (re.sub("[0-9]+", _by_size, words) for words in keys(distinct)), strict=True))
    return [found[one] for one in texts]


def _by_size(match: re.Match[str]) -> str:
    """Return a number after its number of digits, so that it sorts by value."""
    digits = match.group().lstrip("0") or "0"
    return f"{min(len(digits), 10) - 1}{digits}"


def composed(text: str) -> str:
    """Return a name with each accent in one character with its letter (NFC), so that equal letters are equal."""
    if text.isascii():
        return text
    import unicodedata

    return unicodedata.normalize("NFC", text)


_OTHER_SCRIPT = "[\u0370-\u03ff\u0400-\u052f]"


def mixed_words(text: str) -> list[tuple[int, str, str]]:
    """Return the words that mix Latin with Greek or Cyrillic letters: position, word, and its form in Latin letters.

    The form is empty if a letter has no Latin look-alike.
    """
    if text.isascii() or not re.search(_OTHER_SCRIPT, text):
        return []
    found = []
    for match in re.finditer(_MIXED, text):
        if re.search(_OTHER_SCRIPT, match.group()) and re.search(_LATIN, match.group()):
            meant = _latinise(match)
            found.append((match.start(), match.group(), "" if re.search(_OTHER_SCRIPT, meant) else meant))
    return found
