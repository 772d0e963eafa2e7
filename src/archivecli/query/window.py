"""The time that a query asks about, so that a view shows no more than that."""

from archivecli.dates import EVER, Period
from archivecli.query.criteria import And, During, Node, Or


def window(node: Node) -> Period:
    """Return the period outside of which a query asks for nothing; EVER where it sets no bounds.

    ``2009`` AND ``from 2009-10`` → 2009-10-01 to 2009-12-31; ``2009`` OR ``2012`` → the years 2009 to 2012.
    """
    match node:
        case During(period):
            return period
        case And(parts):
            found = [window(part) for part in parts]
            return Period(max([EVER.first, *(p.first for p in found)]), min([EVER.last, *(p.last for p in found)]))
        case Or(parts) if parts:
            found = [window(part) for part in parts]
            return Period(min(p.first for p in found), max(p.last for p in found))
        case _:
            return EVER
