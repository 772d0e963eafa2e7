"""The pictures of the documents, drawn from what the commands really print: ``python docs/make_pictures.py``.

Each runs as a person would type it, in colour, at the width given; the output becomes an SVG that needs no font from
elsewhere and no script. A test draws them again and compares what they say.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FOLDER = Path(__file__).parent / "pictures"

PICTURES: dict[str, tuple[str, int]] = {
    "list-2009": ("archive list --year 2009 --country serbia", 100),
    "search": ("archive search asset recovery --limit 4", 100),
    "show": ("archive show 2010-10-12", 100),
    "calendar": ("archive calendar", 80),
    "calendar-days": ("archive calendar --month 2009-12 --days", 100),
    "timeline": ("archive timeline --year 2009", 110),
    "facets": ("archive facets kind country --year 2009..2010", 90),
    "cross-table": ("archive count --by kind --by year", 80),
}
"""Every picture by name: what is typed, and how many columns the terminal has."""

_THEME = TerminalTheme(
    (22, 24, 29),
    (214, 218, 224),
    [
        *((60, 64, 72), (239, 108, 104), (126, 190, 110), (222, 184, 95)),
        *((104, 158, 240), (205, 132, 215), (86, 192, 198), (214, 218, 224)),
    ],
    [
        *((110, 116, 126), (255, 140, 132), (156, 216, 138), (240, 208, 130)),
        *((140, 184, 250), (226, 162, 234), (120, 216, 222), (245, 247, 250)),
    ],
)

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def printed(command: str, columns: int, cache: str) -> str:
    """Return what a command prints in colour at a terminal of ``columns`` columns."""
    program, *arguments = shlex.split(command)
    assert program == "archive"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARCHIVE_")}
    settings = {"COLUMNS": str(columns), "ARCHIVE_CACHE": cache, "PYTHONIOENCODING": "utf-8"}
    line = [sys.executable, "-m", "archivecli", *arguments, "--format", "table", "--color", "always", "--quiet"]
    done = subprocess.run(line, env=kept | settings, capture_output=True, check=True, encoding="utf-8")
    return done.stdout


def picture(name: str, cache: str) -> str:
    """Return a picture as SVG."""
    command, columns = PICTURES[name]
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(
            file=nowhere, record=True, width=columns, force_terminal=True, color_system="standard", legacy_windows=False
        )
        console.print(Text.assemble(("$ ", "green"), (command, "bold")), highlight=False)
        console.print(Text.from_ansi(printed(command, columns, cache)), highlight=False)
        drawn = console.export_svg(title=command, theme=_THEME, code_format=_SVG, unique_id=f"archive-{name}")
    return "\n".join(line.rstrip() for line in drawn.splitlines() if line.strip()) + "\n"


def pictures() -> Iterator[tuple[Path, str]]:
    """Yield the file and the contents of every picture."""
    with tempfile.TemporaryDirectory() as cache:
        os.chmod(cache, 0o700)
        for name in PICTURES:
            yield FOLDER / f"{name}.svg", picture(name, cache)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, drawn in pictures():
        path.write_text(drawn, encoding="utf-8")
        print(path.name)
