// The scripts that make each shell ask us for the words that may come next. On the answer `:files` a shell completes
// files.

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof shells)[number];

export function isShell(word: string): word is Shell {
  return (shells as readonly string[]).includes(word);
}

const bash = `# bash completion of pg-helm-install: source it, or put it where bash-completion looks for it.
_pg_helm_install() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line answer
  COMPREPLY=()
  # "=" is a word of its own for bash.
  [ "$current" = "=" ] && return
  answer="$(pg-helm-install __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)"
  if [ "$answer" = ":files" ]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    return
  fi
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    [[ -n "$line" && "$line" == "$current"* ]] && COMPREPLY+=("$line")
  done <<< "$answer"
}
complete -F _pg_helm_install pg-helm-install
`;

const zsh = `#compdef pg-helm-install
# zsh completion of pg-helm-install: source it, or put it into a folder of $fpath as _pg-helm-install.
_pg_helm_install() {
  local answer line word
  local -a words_about
  answer="$(pg-helm-install __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)"
  if [[ "$answer" == ":files" ]]; then
    # Of --answers=file the part behind the sign.
    compset -P '--*='
    _files
    return
  fi
  for line in "\${(@f)answer}"; do
    [[ -z "$line" ]] && continue
    word="\${\${line%%$'\\t'*}//:/\\\\:}"
    if [[ "$line" == *$'\\t'* ]]; then
      word+=":\${line#*$'\\t'}"
    fi
    words_about+=("$word")
  done
  _describe 'pg-helm-install' words_about
}
if [[ "$funcstack[1]" == "_pg-helm-install" ]]; then
  _pg_helm_install
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
  compdef _pg_helm_install pg-helm-install
fi
`;

const fish = `# fish completion of pg-helm-install: source it, or save it as
# ~/.config/fish/completions/pg-helm-install.fish.
function __pg_helm_install_complete
  set -l before (commandline -opc)
  set -l answer (pg-helm-install __complete $before[2..-1] (commandline -ct) 2>/dev/null)
  if test "$answer" = ":files"
    # Of --answers=file the part behind the sign.
    set -l flag (string match -r -- '^--[^=]*=' (commandline -ct))
    for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' (commandline -ct)))
      printf '%s\\n' "$flag$path"
    end
  else
    printf '%s\\n' $answer
  end
end
complete -c pg-helm-install -f -a '(__pg_helm_install_complete)'
`;

const powershell = `# PowerShell completion of pg-helm-install: put it into $PROFILE.
Register-ArgumentCompleter -Native -CommandName pg-helm-install -ScriptBlock {
  param($current, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -le $position } |
    ForEach-Object { $_.ToString() })
  # Before 7.3 an empty word would not be passed on.
  if ($current -eq '') { $words += ' ' }
  $answer = @(pg-helm-install __complete @words 2>$null)
  if ($answer -contains ':files') { return }
  $answer | ForEach-Object {
    $word, $about = $_ -split "\`t", 2
    if ($word.StartsWith($current)) {
      $tip = if ($about) { $about } else { $word }
      [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $tip)
    }
  }
}
`;

export const scripts: Readonly<Record<Shell, string>> = {bash, zsh, fish, powershell};
