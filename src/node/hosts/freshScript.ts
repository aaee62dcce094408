// The part of what is asked of a shell that starts a Codex: an app server that only says where it keeps its
// things. In its own words it is guarded once more: it starts nothing that would use another home.

/** In a template `${` would be ours: that of the shell is written `@{`. */
export const FRESH_SERVER = String.raw`
# Hands on what is said to us, line by line, until the server shall end, or nobody speaks any more: then its
# input ends, and what does not end with that is ended.
hand_on() {
  while IFS= read -r word <&4 && IFS= read -r argument <&4 && [ "$word" = line ]; do
    printf '%s\n' "$argument"
  done
  exec >&-
  patience=40
  while [ $patience -gt 0 ] && [ -n "$(left)" ]; do
    sleep 0.2 || sleep 1
    patience=$((patience - 1))
  done
  end_left
}

# The input of the server must be empty until it runs: csh would read on in it.
fresh() {
  case $1 in
    command) hand_on | (exec 3<&0 4<&- </dev/null && serve) ;;
    login) login_shell server hand_on ;;
  esac
}

# The program that a command of this name would be; the other one where there is none.
serve() {
  if [ "$CODEX_HOME" != "$expected" ] || [ "@{CODEX_SQLITE_HOME:-$expected}" != "$expected" ]; then
    say ready other
    return
  fi
  named=$(command -v codex)
  case $named in /*) program=$named ;; esac
  if [ -z "$program" ]; then
    say ready none
    return
  fi
  say ready yes "$program" "$(cd -P -- "$expected" && pwd -P)"
  unset CODEX_HEALTH_PART CODEX_HEALTH_SEEN CODEX_HEALTH_SHELL CODEX_HEALTH_EXPECTED CODEX_HEALTH_PROGRAM
  exec 5>&1
  {
    {
      CODEX_HEALTH=$mark "$program" app-server <&3 3<&-
      end_left
    } 2>&1 >&4 4>&- 5>&- | complaint >&5
  } 4>&1 | answers
}

answers() {
  while IFS= read -r line; do
    case $line in *codexHome*) say answer "$line" ;; esac
  done
}

complaint() {
  last=
  while IFS= read -r line; do last=@{line:-$last}; done
  say complaint "$(printf %.500s "$last")"
}

# The server, and what it has started, which may outlive it: known by what nobody else was given.
left() {
  if [ -r /proc/self/environ ]; then
    for file in $(grep -l "CODEX_HEALTH=$mark" /proc/[0-9]*/environ); do
      file=@{file%/environ}
      echo "@{file#/proc/}"
    done
  else
    ps -Eww -U "$(id -u)" -o pid= -o command= | sed -n "s/^ *\([0-9]*\) .*CODEX_HEALT[H]=$mark.*/\1/p"
  fi
}

end_left() {
  for one in $(left); do end_tree "$one"; done
}
`.replaceAll('@{', '${');
