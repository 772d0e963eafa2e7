#compdef archive
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
