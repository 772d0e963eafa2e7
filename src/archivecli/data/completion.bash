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
