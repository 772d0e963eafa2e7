"""Write a file whole or not at all."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from archivecli.errors import OutputError
from archivecli.sources import SUFFIXES, find, state_of


def write_file(name: str, pieces: Iterable[str], force: bool = False, spare: Path | None = None) -> None:
    """Write a UTF-8 file; raise OutputError if it exists (without ``force``), or cannot be written.

    Another reader sees the old file or the new one, never a part: the text goes to a temporary file in the same folder,
    which then takes the name. The catalogue ``spare`` is never changed: its files are not overwritten, and its folder
    gets no new ones. Devices and pipes are written to directly.
    """
    try:
        before = _look(name)
        if before is not None and not stat.S_ISREG(before.st_mode):
            _write_through(name, pieces, before)
        elif before is not None and spare is not None and _is_part(before, spare):
            raise OutputError(f"{name} is the catalogue itself", "choose another file")
        elif spare is not None and _would_join(name, spare):
            what = f"{name} would become part of the catalogue, which is every YAML file in the folder {spare}"
            raise OutputError(what, "write it into another folder, or with another suffix")
        elif before is not None and not force:
            raise _exists(name)
        else:
            _write_whole(name, pieces, before)
    except BrokenPipeError:
        raise  # the reader of a pipe has gone away: the app ends quietly, as for standard output
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {name}: {reason[:1].lower()}{reason[1:]}") from error


def _look(name: str) -> os.stat_result | None:
    try:
        return os.stat(name)
    except FileNotFoundError:
        return None


def _is_part(found: os.stat_result, catalogue: Path) -> bool:
    """Return whether a file is one of a catalogue's."""
    return any(state_of(found)[:2] == source.state[:2] for source in find(catalogue))


def _would_join(name: str, catalogue: Path) -> bool:
    """Return whether a new file of this name would be read as part of a catalogue that is a folder."""
    if not name.endswith(SUFFIXES) or not catalogue.is_dir():
        return False
    folder = os.path.realpath(catalogue)
    named = os.path.join(os.path.realpath(os.path.dirname(name) or os.curdir), os.path.basename(name))
    for path in (named, os.path.realpath(name)):  # a link in the folder, and the file that a link leads to
        same_drive = os.path.splitdrive(path)[0] == os.path.splitdrive(folder)[0]
        if same_drive and not any(part.startswith(".") for part in os.path.relpath(path, folder).split(os.sep)):
            return True  # ``..`` leads out of the folder; hidden files are not read
    return False


def _exists(name: str) -> OutputError:
    return OutputError(f"{name} exists", "--force overwrites it")


def _write_through(name: str, pieces: Iterable[str], found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise OSError(0, "it is a folder")
    with open(name, "wb") as file:
        for piece in pieces:
            file.write(piece.encode())


def _write_whole(name: str, pieces: Iterable[str], before: os.stat_result | None) -> None:
    target = Path(os.path.realpath(name))  # a link stays a link to what is written
    temporary = target.with_name(f".archive-{os.urandom(6).hex()}.part")
    try:
        with open(temporary, "xb") as file:  # not tempfile, whose files are private: the umask decides, as it should
            for piece in pieces:
                file.write(piece.encode())
            file.flush()
            os.fsync(file.fileno())
        if before is not None:
            os.chmod(temporary, stat.S_IMODE(before.st_mode))
            os.replace(temporary, target)
        else:
            _take_name(temporary, target, name)
    finally:  # also after a signal, which ``cli.process`` turns into an exception
        temporary.unlink(missing_ok=True)


def _take_name(temporary: Path, target: Path, name: str) -> None:
    """Name the file, unless one of that name was made in the meantime."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _exists(name) from None
    except (OSError, AttributeError):  # a file system, or a system, without links
        if target.exists():
            raise _exists(name) from None
        os.replace(temporary, target)
