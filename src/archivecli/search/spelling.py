"""Find the words of the archive that an unknown word may mean."""

from archivecli.index.reader import Index, shared_length

MIN_SIMILARITY = 0.88  # Jaro-Winkler, for corrections of two letters
MAX_ENDING = 3  # letters at the end in which related words may differ

NAME_SECTIONS = ("people", "cities", "countries", "bodies")

PREFIXES = ("anti", "counter", "dis", "il", "im", "in", "inter", "ir", "mis", "non", "over", "re", "sub", "trans", "un")


def quoted(words: str) -> str:
    """Return folded words as one FTS5 string, in which nothing is an operator."""
    return '"' + words.replace('"', '""') + '"'


class Spelling:
    """Compares words with those of an index."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def knows(self, expression: str) -> bool:
        """Return whether any event matches an FTS5 expression."""
        return bool(self.index.match(expression, limit=1))

    def correct(self, word: str, name: bool) -> str:
        """Return the most similar word of the archive, or an empty string."""
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
        """Return whether a known word at this distance is likely meant.

        Short words are similar to too many others: of four letters none may be replaced, of five only in a name. Two wrong
        letters are a typo if the words begin alike. A capitalised word is a name, and is only corrected to a name.
        """
        from rapidfuzz.distance import JaroWinkler

        replaced = distance == 1 and len(word) == len(known) and sorted(word) != sorted(known)
        if len(word) <= 4 and (replaced or len(known) < len(word) or word[0] != known[0]):
            return False
        if distance == 2 and (word[0] != known[0] or JaroWinkler.similarity(word, known) < MIN_SIMILARITY):
            return False
        return self.index.is_in_name(known, NAME_SECTIONS) if name or (replaced and len(word) == 5) else True

    def near(self, word: str) -> list[str]:
        """Return words of the archive to suggest for an unknown one, not similar enough to search for them."""
        if any(character.isdigit() for character in word):
            return []
        from rapidfuzz import fuzz, process  # 20 ms, needed only for a word that the archive does not know

        known = self.index.words_of_length(max(3, len(word) - 3), len(word) + 3)
        return [found for found, _, _ in process.extract(word, known, scorer=fuzz.ratio, limit=3, score_cutoff=77)]

    def relatives(self, word: str) -> list[str]:
        """Return words of the archive of the same family as an unknown one.

        They have another ending (``curricula``, ``curriculum``), or lack a prefix (``inadmissible``, ``admissible``).
        """
        if len(word) < 6 or not word.isalpha():
            return []
        start = word[: max(6, len(word) - MAX_ENDING)]
        known = filter(str.isalpha, self.index.words_from(start, 200, len(start) + MAX_ENDING))
        found = sorted(known, key=lambda other: -shared_length(other, word))[:3]
        bare = [word[len(prefix) :] for prefix in PREFIXES if word.startswith(prefix) and len(word) - len(prefix) > 4]
        return [*found, *(rest for rest in bare if self.knows(quoted(rest)))]
