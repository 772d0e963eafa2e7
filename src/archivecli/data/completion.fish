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
