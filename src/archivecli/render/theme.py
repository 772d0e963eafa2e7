"""One visual language: what each thing looks like, wherever it appears.

Sixteen colours only, which every terminal fits to its own background, light or dark.

Nothing is told by colour alone: each colour only repeats what a word beside it says.
"""

DATE = "cyan"
TITLE = "bold"
PLACE = "green"
DIM = "dim"
ID = "yellow"
HIT = "bold magenta"
LABEL = "cyan"
HEADING = "bold"
BAR = "blue"
LINK = "underline"

_KINDS = ("blue", "magenta", "green", "yellow", "cyan", "red")


def kind(name: str) -> str:
    """Return the colour of a kind of event: the same name has the same colour, everywhere and always."""
    return _KINDS[sum(name.encode()) % len(_KINDS)] if name else DIM
