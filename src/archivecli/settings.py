"""Every setting with its origin: option, environment variable, settings file, default, in this order.

The settings file is a small TOML file; without one, looking for it costs one ``stat``.

catalogue = "work"              # default catalogue: a name from below, or a path
color = "auto"                  # auto, always, never
pager = "less -S"               # "" for none

[catalogues]
work = "~/archives/work.yaml"   # archive --catalogue work list
"""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from archivecli import files
from archivecli.errors import UsageError, did_you_mean

COLOURS = ("auto", "always", "never")
KEYS = ("catalogue", "color", "pager", "catalogues")
MAX_BYTES = 1_000_000

PLATFORM, EMBEDDED, TERMINAL = "this system's folder", "embedded", "standard output"  # origins of defaults

T = TypeVar("T")


class Setting(NamedTuple, Generic[T]):
    """A value and its origin: an option, a variable, a key of the settings file, or a default."""

    value: T
    origin: str


class SettingsFile(NamedTuple):
    """The contents of the settings file; None for a missing key, an empty path for a missing file."""

    path: str = ""
    catalogue: str | None = None
    color: str | None = None
    pager: str | None = None
    catalogues: Mapping[str, str] = {}


class Settings:
    """The settings of one run, from options, the environment and the settings file."""

    def __init__(
        self,
        catalogue: str | None = None,
        color: str = "auto",
        no_pager: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Read the settings file; raise UsageError if it is invalid."""
        self.typed_catalogue = catalogue
        self.typed_color = color
        self.no_pager = no_pager
        self.environ = environ
        self.file = _load(self.config_path.value, required=bool(environ.get("ARCHIVE_CONFIG")))

    @property
    def config_path(self) -> Setting[Path | None]:
        """The path of the settings file, whether it exists or not; None without a home folder."""
        if given := self.environ.get("ARCHIVE_CONFIG"):
            return Setting(Path(os.path.expanduser(given)), "ARCHIVE_CONFIG")
        folder = files.config_folder()
        return Setting(folder and folder / "config.toml", PLATFORM)

    @property
    def cache(self) -> Setting[Path | None]:
        """The folder of the indexes; None without a home folder."""
        return Setting(files.cache_folder(), "ARCHIVE_CACHE" if self.environ.get("ARCHIVE_CACHE") else PLATFORM)

    def _given(self, key: str, typed: str | None = None) -> Iterator[tuple[str, str]]:
        """Yield the values given for a key of the settings file, each with its origin, the strongest first."""
        variable = f"ARCHIVE_{key.upper()}"
        in_file = getattr(self.file, key), f"{key} in {self.file.path}"
        for value, origin in ((typed, f"--{key}"), (self.environ.get(variable), variable), in_file):
            if value is not None:
                yield value, origin

    @property
    def catalogue(self) -> Setting[Path]:
        """The catalogue to open; raises UsageError for an unknown name or an empty path."""
        for value, origin in self._given("catalogue", self.typed_catalogue):
            if value or origin == "--catalogue":
                return Setting(self.catalogue_path(value), origin)
        return Setting(files.embedded_catalogue(), EMBEDDED)

    def catalogue_path(self, given: str) -> Path:
        """Return the path of a catalogue given by its name in the settings file or by its path."""
        given = named("--catalogue", given)
        if "\0" in given:
            raise UsageError("a catalogue's path cannot hold a NUL character")
        names = self.file.catalogues
        if given in names:
            return Path(names[given])
        if names and _is_name(given) and not os.path.lexists(given):
            hint = did_you_mean(given, list(names)) or f"{self.file.path} names {', '.join(names)}"
            raise UsageError(f"no catalogue has the name '{given[:60]}'", hint)
        return Path(os.path.expanduser(given))  # "~nobody" stays as it is, and is not found

    def colour(self, terminal: bool) -> Setting[bool]:
        """Whether to use colour; settings of this program take precedence over those of all programs."""
        for value, origin in self._given("color", self.typed_color):
            if value in ("always", "never"):
                return Setting(value == "always", origin)
        if self.environ.get("NO_COLOR"):
            return Setting(False, "NO_COLOR")
        for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
            if self.environ.get(name, "0") not in ("", "0"):
                return Setting(True, name)
        if self.environ.get("CLICOLOR") == "0":
            return Setting(False, "CLICOLOR")
        return Setting(terminal and not self.dumb, TERMINAL)

    @property
    def pager(self) -> Setting[list[str]]:
        """The words of the pager command; empty for no pager, ``cat`` or a terminal that cannot move its cursor."""
        if self.no_pager:
            return Setting([], "--no-pager")
        if self.dumb:
            return Setting([], "TERM")
        default = (self.environ["PAGER"], "PAGER") if "PAGER" in self.environ else ("less", "default")
        value, origin = next(self._given("pager"), default)
        import shlex  # 2 ms, only for terminals

        try:
            words = shlex.split(value, posix=os.name == "posix")
        except ValueError:  # an unclosed quote
            words = []
        return Setting(words if words[:1] != ["cat"] else [], origin)

    @property
    def dumb(self) -> bool:
        """Whether the terminal cannot move its cursor; systems other than POSIX do not set TERM."""
        return os.name == "posix" and self.environ.get("TERM", "dumb") == "dumb"


def named(what: str, path: str) -> str:
    """Return the path that was typed for ``what``; raise UsageError if it is empty, as from an unset variable."""
    if not path:
        raise UsageError(f"{what}: the path is empty", "name a file or a folder")
    try:
        os.fsencode(path)
    except UnicodeError:  # an ASCII locale: arguments and file names are UTF-8 all the same
        with contextlib.suppress(UnicodeError):
            return os.fsdecode(path.encode())
    return path


def _load(path: Path | None, required: bool) -> SettingsFile:
    if path is None:
        return SettingsFile()
    try:
        os.stat(path)
    except (OSError, ValueError) as error:
        if required:
            reason = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"{path}: cannot be read: {reason}", "ARCHIVE_CONFIG names this file") from None
        return SettingsFile()  # no such file, or the home folder of somebody else
    content, values = _read(path)
    for key, value in values.items():
        _check(path, content, key, value)
    catalogues = {name: _absolute(path, value) for name, value in values.get("catalogues", {}).items()}
    catalogue = values.get("catalogue")
    if catalogue is not None and catalogue not in catalogues:
        catalogue = _absolute(path, catalogue)
    return SettingsFile(str(path), catalogue, values.get("color"), values.get("pager"), catalogues)


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    import tomllib  # 4 ms, only if there is a file

    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: this is not a settings file")
        content = path.read_bytes().decode("utf-8-sig")  # editors on Windows write a byte-order mark
        return content, tomllib.loads(content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: the file is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        match = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
        what, line, column = match.groups() if match else (str(error), None, None)
        position = f"{path}:{line or content.count(chr(10)) + 1}:{column or 1}"
        raise UsageError(f"{position}: not TOML: {what[:1].lower()}{what[1:]}") from None


def _absolute(path: Path, value: str) -> str:
    """Return a path in the settings file; a relative one starts in the folder of the file."""
    return str(path.parent / os.path.expanduser(value))


def _check(path: Path, content: str, key: str, value: Any) -> None:
    position = f"{path}:{_line(content, key)}"
    if key not in KEYS:
        hint = did_you_mean(key, KEYS) or f"there are {', '.join(KEYS)}"
        raise UsageError(f"{position}: there is no setting '{key[:40]}'", hint)
    if key == "catalogues":
        if not isinstance(value, dict):
            hint = 'write [catalogues] and below it name = "path"'
            raise UsageError(f"{position}: 'catalogues' is not a table", hint)
        for name, catalogue in value.items():
            position = f"{path}:{_line(content, name)}"
            if not _is_name(name):
                raise UsageError(f"{position}: '{name[:40]}' cannot be a name", "use letters, digits, - and _")
            if not isinstance(catalogue, str) or not catalogue or "\0" in catalogue:
                raise UsageError(f"{position}: the catalogue '{name}' has no path", f'write {name} = "~/{name}.yaml"')
    elif key == "catalogue" and value == "":
        raise UsageError(f"{position}: 'catalogue' is empty", 'write catalogue = "PATH", or leave it out')
    elif not isinstance(value, str) or "\0" in value:
        raise UsageError(f"{position}: '{key}' is not a string", f'write {key} = "…"')
    elif key == "color" and value not in COLOURS:
        raise UsageError(f"{position}: color: '{value[:40]}' is not one of {', '.join(COLOURS)}")


def _is_name(word: str) -> bool:
    return word.isascii() and word.replace("-", "").replace("_", "").isalnum()


def _line(content: str, key: str) -> int:
    match = re.search(rf"^[ \t]*\[?[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", content, re.MULTILINE)
    return content.count("\n", 0, match.start()) + 1 if match else 1
