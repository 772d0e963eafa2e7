"""Explain how a query was interpreted and why each hit was found."""

from collections.abc import Iterator, Sequence

from archivecli.dates import human
from archivecli.events import Hit
from archivecli.index.reader import Index
from archivecli.query.criteria import Among, Annually, During, Node, conjuncts
from archivecli.query.unparse import query_text
from archivecli.search.interpret import SearchTerm
from archivecli.search.rank import SearchResult


def explanation(index: Index, outcome: SearchResult, limit: int = 10) -> Iterator[str]:
    """Yield lines: each word with its alternatives, the filters, the words left out, then the first hits."""
    found = outcome.interpretation
    for term in found.terms:
        yield f"{'word' if term.required else 'word (may be missing)'}: {term.typed}"
        for alternative in term.alternatives:
            how, number = _HOW[alternative.how], len(term.found.get(alternative.label, ()))
            yield f"    {alternative.label}: {how}, weight {alternative.weight:.2g}, in {number} of {index.size}"
        if not term.alternatives:
            yield "    not in the archive, and nothing near it"
    for part in conjuncts(found.filters):
        yield f"filter: {_describe(part)}"
    for part in found.excluded:
        yield f"condition: {_describe(part)}"
    if found.dropped:
        yield f"left out: {', '.join(dict.fromkeys(found.dropped))}"
    if found.terms:
        yield "weights: " + ", ".join(f"{column} {weight:g}" for column, weight in index.schema.columns.items())
    for rank, hit in enumerate(outcome.hits[:limit], 1):
        yield f"{rank}. {hit.event.id}  score {hit.score:.2f}{' (partial)' if hit.partial else ''}"
        yield from _contributions(index, found.terms, hit)


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


def _describe(node: Node) -> str:
    match node:
        case During(period, typed):
            return f"{typed or 'dates'} → {human(period.first, period.last)}"
        case Annually(_, _, typed):
            return f"{typed} → in any year"
        case Among(ids):
            return f"{len(ids):,} ids from standard input"
    return query_text(node)
