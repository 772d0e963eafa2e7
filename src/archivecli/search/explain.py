"""How a query was read and why each hit was found, in words."""

from collections.abc import Iterator, Sequence

from archivecli.dates import human
from archivecli.events import Hit
from archivecli.index.reader import Index
from archivecli.query.criteria import Among, And, Annually, During, HasValue, Node, Not, Or, Phrase, Word, conjuncts
from archivecli.search.interpret import SearchTerm
from archivecli.search.rank import Outcome


def explanation(index: Index, outcome: Outcome, limit: int = 10) -> Iterator[str]:
    """Yield lines: each word with what it stands for, the dates and filters, what was left out, then the first hits."""
    reading = outcome.reading
    for term in reading.terms:
        yield f"{'word' if term.required else 'word (may be missing)'}: {term.typed}"
        yield from _alternatives(index, term)
    for part in conjuncts(reading.filters):
        yield f"filter: {said(part)}"
    for part in reading.excluded:
        yield f"condition: {said(part)}"
    if reading.dropped:
        yield f"left out: {', '.join(dict.fromkeys(reading.dropped))}"
    if reading.terms:
        yield "weights: " + ", ".join(f"{column} {weight:g}" for column, weight in index.schema.columns.items())
    for place, hit in enumerate(outcome.hits[:limit], 1):
        yield f"{place}. {hit.event.id}  score {hit.score:.2f}{' (partial)' if hit.partial else ''}"
        yield from _contributions(index, reading.terms, hit)


def _alternatives(index: Index, term: SearchTerm) -> Iterator[str]:
    for alternative in term.alternatives:
        found = len(term.found.get(alternative.label, ()))
        yield f"    {alternative.label}: {_HOW[alternative.how]}, weight {alternative.weight:.2g}, in {found} of {index.size}"
    if not term.alternatives:
        yield "    not in the archive, and nothing near it"


_HOW = {
    "word": "the word, in any form",
    "words": "its words, apart",
    "name": "a name that the vocabulary knows",
    "synonym": "by the thesaurus",
    "correction": "the nearest known word",
    "kin": "a word of the same family",
    "phrase": "the words in this order",
    "prefix": "begins so",
}


def _contributions(index: Index, terms: Sequence[SearchTerm], hit: Hit) -> Iterator[str]:
    n = index.numbers_of([hit.event.id])[hit.event.id]
    parts = [f"{term.typed} {term.scores[n]:.2f}" for term in terms if n in term.scores]
    together = hit.score - sum(term.scores.get(n, 0.0) for term in terms)
    if together > 0.005:
        parts.append(f"standing together {together:.2f}")
    if hit.fields:
        parts.append(f"found in {', '.join(hit.fields)}")
    if parts:
        yield f"    {' · '.join(parts)}"


def said(node: Node) -> str:
    """Return criteria as a query that could have been typed."""
    match node:
        case Word(word, prefix, column):
            return f"{column + ':' if column else ''}{word}{'*' if prefix else ''}"
        case Phrase(words, column):
            return f'{column + ":" if column else ""}"{words}"'
        case HasValue(facet, values):
            return f"{facet}:{','.join(values)}"
        case During(period, typed):
            return f"{typed or 'dates'} → {human(period.first, period.last)}"
        case Annually(_, _, typed):
            return f"{typed} → in any year"
        case Among(ids):
            return f"{len(ids):,} ids from standard input"
        case Not(part):
            return f"NOT {said(part)}"
        case And(parts):
            return f"({' AND '.join(map(said, parts))})" if parts else "everything"
        case Or(parts):
            return f"({' OR '.join(map(said, parts))})"
