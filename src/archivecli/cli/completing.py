"""The conversation with a completing shell: what it says of its line, and how each shell wants its answer."""

import os
import re
import sys
from collections.abc import Mapping
from typing import Any

from archivecli.cli.completion import FILES, Offer, offers

VARIABLE = "_ARCHIVE_COMPLETE"
"""Holds the name of the shell where a shell asks."""

_SAFE = re.compile(r"[^A-Za-z0-9_@%+=:,./-]")


def answer(cli: Any, commands: Mapping[str, str]) -> int:
    """Answer a shell: one value a line, with its meaning after a tab; FILES asks the shell for names of files.

    zsh and fish give the words of the line up to the cursor, the program's name first; bash gives the line as one text.
    """
    shell, given = os.environ[VARIABLE], sys.argv[1:]
    raw = ""
    if shell == "bash":
        words, raw = split(given[0] if given else "")
    else:
        words = given or ["archive", ""]
        if shell == "fish":  # tells the word at the cursor as it is typed
            words[-1] = split(f"archive {words[-1]}")[0][-1]
    # an option's value must not be taken from what completes it
    for name in ("ARCHIVE_COLOR", VARIABLE):
        os.environ.pop(name, None)
    found = offers(cli, commands, words[1:-1], words[-1]) if len(words) > 1 else []
    lines = (_for_bash(offer.value, raw) if shell == "bash" else _told(offer) for offer in found)
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())
    return 0


def _told(offer: Offer) -> str:
    return f"{offer.value}\t{' '.join(offer.about.split())}"


def split(line: str) -> tuple[list[str], str]:
    """Return the words of a shell's line, without quotes, and the last of them as it was typed.

    A quote that is still open ends with the line; a line that ends in a blank has an empty last word.
    """
    words, current, raw = [], "", ""
    quote, escaped = "", False
    for sign in line:
        raw += sign
        if escaped:
            current, escaped = current + sign, False
        elif sign == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote, current = ("", current) if sign == quote else (quote, current + sign)
        elif sign in "'\"":
            quote = sign
        elif sign.isspace():
            if len(raw) > 1:
                words.append(current)
            current, raw = "", ""
        else:
            current += sign
    return [*words, current], raw


def _for_bash(value: str, raw: str) -> str:
    """Return a value as bash must insert it, in the quotes that are open, without what bash takes for a word of its own.

    For bash a word also ends at ``:`` and ``=``; only what comes after the last of them is replaced.
    """
    if value == FILES:
        return value
    quote = raw[:1] if raw[:1] in ("'", '"') else ""
    if quote:
        return value
    done = max(raw.rfind("="), raw.rfind(":")) + 1
    return _SAFE.sub(lambda match: f"\\{match.group()}", value[done:])


SCRIPTS = {
    "bash": r"""
_archive_complete() {
    local IFS=$'\n' value files= words=
    words=${COMP_LINE:0:COMP_POINT}
    COMPREPLY=()
    while read -r value; do
        if [ "$value" = :files ]; then files=1; else COMPREPLY+=("$value"); fi
    done < <(_ARCHIVE_COMPLETE=bash "${COMP_WORDS[0]}" "$words" 2>/dev/null)
    case ${COMPREPLY[0]} in *=|*:) compopt -o nospace 2>/dev/null ;; esac
    if [ -n "$files" ]; then compopt -o default 2>/dev/null; fi
}
complete -o nosort -F _archive_complete archive 2>/dev/null || complete -F _archive_complete archive
""",
    "zsh": r"""#compdef archive
_archive() {
    local -a found
    local line files
    while IFS= read -r line; do
        if [[ $line == :files* ]]; then
            files=1
        else
            line=${${line//\\/\\\\}//:/\\:}
            found+=("${line/$'\t'/:}")
        fi
    done < <(_ARCHIVE_COMPLETE=zsh "${words[1]}" "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    if [[ -n $files ]]; then _files; fi
    if (( ${#found} )); then
        if [[ ${found[1]} == *\\::* ]]; then
            _describe -V archive found -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -S ''
        else
            _describe -V archive found -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}'
        fi
    fi
}
if [ "$funcstack[1]" = "_archive" ]; then _archive "$@"; else compdef _archive archive; fi
""",
    "fish": r"""
function __archive_complete
    set -l words (commandline --cut-at-cursor --tokenize --current-process) (commandline --cut-at-cursor --current-token)
    set -l typed (commandline --cut-at-cursor --current-token)
    for line in (env _ARCHIVE_COMPLETE=fish $words[1] $words 2>/dev/null)
        if string match --quiet ':files*' -- $line
            __fish_complete_path $typed
        else
            echo $line
        end
    end
end
complete --command archive --no-files --arguments '(__archive_complete)'
""",
}
"""What each shell must read once, by name; values only ever pass through variables, never through ``eval``."""
