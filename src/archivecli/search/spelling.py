"""Which words the archive knows, and which of them an unknown one may stand for."""

from archivecli.index.reader import Index, shared_length

ALIKE = 0.88
"""How alike (Jaro and Winkler) a word with two letters wrong must be to the word that it is taken for."""

LONGEST_ENDING = 3
"""How many letters the endings of two words of one family may have."""

NAME_SECTIONS = ("people", "cities", "countries", "bodies")

PREFIXES = ("anti", "counter", "dis", "il", "im", "in", "inter", "ir", "mis", "non", "over", "re", "sub", "trans", "un")


def quoted(words: str) -> str:
    """Return folded words as one FTS5 string: nothing that people type is ever an operator."""
    return '"' + words.replace('"', '""') + '"'


class Spelling:
    """The words of an index."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def knows(self, expression: str) -> bool:
        """Tell whether any event holds an FTS5 expression."""
        return bool(self.index.match(expression, limit=1))

    def correct(self, word: str, name: bool) -> str:
        """Return the word of the archive that is nearest to an unknown one, or an empty string."""
        if self.knows(quoted(word)):
            return word
        if len(word) < 3 or any(character.isdigit() for character in word):
            return ""
        from rapidfuzz import process  # 20 ms, needed only for a word that the archive does not know
        from rapidfuzz.distance import OSA, JaroWinkler

        known = self.index.words_of_length(max(3, len(word) - 2), len(word) + 2)
        near = process.extract(word, known, scorer=OSA.distance, score_cutoff=1 if len(word) < 5 else 2, limit=50)
        fitting = [
            (-distance, w[:1] == word[:1], JaroWinkler.similarity(word, w), self.index.match_count(quoted(w)), w)
            for w, distance, _ in near
            if not w.isdigit() and self._likely(word, w, int(distance), name)
        ]
        return max(fitting)[-1] if fitting else ""

    def _likely(self, word: str, known: str, distance: int, name: bool) -> bool:
        """Tell whether a known word can be what was meant by one that is nearly it.

        Short words are near to too many others: of four letters none may be exchanged, of five only in a name. Two wrong
        letters are a slip where the words begin alike. A word with a capital is a name, and becomes nothing but a name.
        """
        from rapidfuzz.distance import JaroWinkler

        exchanged = distance == 1 and len(word) == len(known) and sorted(word) != sorted(known)
        if len(word) <= 4 and (exchanged or len(known) < len(word) or word[0] != known[0]):
            return False
        if distance == 2 and (word[0] != known[0] or JaroWinkler.similarity(word, known) < ALIKE):
            return False
        return self.index.is_in_name(known, NAME_SECTIONS) if name or (exchanged and len(word) == 5) else True

    def near(self, word: str) -> list[str]:
        """Return the words of the archive that look a little like an unknown one: too little to search for them."""
        if any(character.isdigit() for character in word):
            return []
        from rapidfuzz import fuzz, process  # 20 ms, needed only for a word that the archive does not know

        known = self.index.words_of_length(max(3, len(word) - 3), len(word) + 3)
        return [found for found, _, _ in process.extract(word, known, scorer=fuzz.ratio, limit=3, score_cutoff=77)]

    def kin(self, word: str) -> list[str]:
        """Return the words of the archive that an unknown one is made from, or is made from the same: its family.

        They begin alike and end differently (``curricula``, ``curriculum``), or the word has a prefix of negation or the
        like that they lack (``inadmissible``, ``admissible``).
        """
        if len(word) < 6 or not word.isalpha():
            return []
        start = word[: max(6, len(word) - LONGEST_ENDING)]
        known = filter(str.isalpha, self.index.words_from(start, 200, len(start) + LONGEST_ENDING))
        found = sorted(known, key=lambda other: -shared_length(other, word))[:3]
        bare = [word[len(prefix) :] for prefix in PREFIXES if word.startswith(prefix) and len(word) - len(prefix) > 4]
        return [*found, *(rest for rest in bare if self.knows(quoted(rest)))]
