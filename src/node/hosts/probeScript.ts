// What is asked of the shell of a host, so that nothing need be installed there. It is handed to the `sh` of
// the host through its input, and reads on from there what else it is told: a home to look at, or a Node to
// become. POSIX only, and everything that may wait for ever is waited for with a limit.

import { FRESH_SERVER } from './freshScript.ts';
import { LAUNCHER } from './launcher.ts';
import { DIGESTED_BEFORE } from './machineId.ts';

/**
 * What is handed to the login shell of the host. bash, zsh, fish, tcsh and dash read it alike: there is no
 * quote, no backslash, no `!` and no line end within the quotes. It takes from its input, byte by byte, as
 * much as the script is long, so that nothing of what follows is swallowed. The `exit` keeps the login
 * shell: what that was started with is the only trace of what the host itself says to every shell.
 */
export function startOf(script: string): string {
  const bytes = String(Buffer.byteLength(script));
  return `sh -c 'CODEX_HEALTH=$(dd bs=1 count=${bytes} 2>/dev/null); export CODEX_HEALTH; eval "$CODEX_HEALTH"'; exit`;
}

/**
 * What stands before each answer must be known to nobody else: what start-up files print is not believed. `all`:
 * it tells what it can, and then waits for words; `words`: it only waits for them.
 */
export function probeScript(mark: string, what: 'all' | 'words'): string {
  return `mark='${mark}'\nwhat='${what}'\nbefore='${DIGESTED_BEFORE}'\nlauncher='${LAUNCHER}'\n${FRESH_SERVER}${SCRIPT}`;
}

/** In a template `${` would be ours: that of the shell is written `@{`. */
const SCRIPT = String.raw`
exec 3<&0 </dev/null 2>/dev/null

# A text between blanks: as it is, in hexadecimal digits, or a dash for none.
encode() {
  case $1 in
    '') coded=- ;;
    *[!A-Za-z0-9/._+:,=@-]*) coded="~$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n')" ;;
    *) coded="=$1" ;;
  esac
}

# One answer, on a line of its own whatever was printed before. The dot says that it is whole.
say() {
  said=$1
  shift
  for value; do
    encode "$value"
    said="$said $coded"
  done
  printf '\n%s %s .\n' "$mark" "$said"
}

children() {
  if [ -r /proc/self/stat ]; then
    sed -n "s/^\([0-9]*\) (.*) [A-Za-z] $1 .*/\1/p" /proc/[0-9]*/stat
  else
    ps -A -o pid= -o ppid= | while read -r one parent; do
      [ "$parent" = "$1" ] && echo "$one"
    done
  fi
}

# A parent is stopped first: it could start another child meanwhile.
end_tree() {
  kill -STOP "$1"
  for child in $(children "$1"); do end_tree "$child"; done
  kill -KILL "$1"
}

# Runs a function beside us, for so many seconds: the nap ends with it, or before it. What sleeps in the kernel
# cannot be ended, and nobody waits for it.
limited() {
  limit=$1
  what=$2
  shift 2
  sleep "$limit" 3<&- >/dev/null &
  nap=$!
  ("$@"; kill $nap) 3<&- &
  job=$!
  if wait $nap; then
    end_tree $job
    say gap "$what" "$limit"
  else
    wait $job
  fi
}

machine() {
  digest=
  system=$(uname -s)
  if [ "$system" = Linux ]; then
    machine_id=
    read -r machine_id </etc/machine-id
    if [ -n "$machine_id" ]; then
      digest=$(printf %s "$before$machine_id" | { sha256sum || shasum -a 256 || openssl dgst -sha256 -r; })
      digest=$(printf %.16s "$digest")
    fi
  fi
  say machine "$(uname -n)" "$digest" "$system" "$(id -un)"
}

# Programs named codex and node on the path, but for those in folders that were looked into before.
programs() {
  rest=$PATH:
  while [ -n "$rest" ]; do
    folder=@{rest%%:*}
    rest=@{rest#*:}
    case $folder in /*) ;; *) continue ;; esac
    case :$seen: in *:"$folder":*) continue ;; esac
    seen=$seen:$folder
    for name in codex node; do
      if [ -f "$folder/$name" ] && [ -x "$folder/$name" ]; then ask_version "$1" $name "$folder/$name"; fi
    done
  done
}

# A Codex that is asked for its version makes a folder in its home: it is given none.
ask_version() {
  say program "$1" "$2" "$3" "$(CODEX_HOME=/dev/null/none "$3" --version | head -n 1)"
}

# The Node that a server of an editor brings; the first that is not too old.
editor_node() {
  for file in \
    "$HOME"/.vscode-server*/cli/servers/*/server/node "$HOME"/.vscode-server*/bin/*/node \
    "$HOME"/.cursor-server*/bin/*/node "$HOME"/.cursor-server*/cli/servers/*/server/node \
    "$HOME"/.windsurf-server*/bin/*/node "$HOME"/.vscodium-server*/bin/*/node \
    "$HOME"/.local/lib/code-server*/lib/node /usr/lib/code-server/lib/node; do
    [ -x "$file" ] || continue
    version=$("$file" --version | head -n 1)
    major=@{version#v}
    major=@{major%%.*}
    if [ "$major" -ge 20 ]; then
      say program editor node "$file" "$version"
      return
    fi
  done
}

# A part of this, in what a login shell makes of the little that every one is started with; what its input is
# comes behind it. csh takes no command beside -l.
login_shell() {
  part=$1
  shift
  line="exec sh -c 'eval \"\$CODEX_HEALTH\"'"
  case @{SHELL##*/} in
    csh | tcsh) { echo "$line"; "$@"; } | started_anew -l ;;
    *) "$@" | started_anew -l -c "$line" ;;
  esac
}

started_anew() {
  given=$(tr '\0\n' '\n ' </proc/$PPID/environ)
  codex_home=$(printf '%s\n' "$given" | sed -n 's/^CODEX_HOME=//p')
  sqlite_home=$(printf '%s\n' "$given" | sed -n 's/^CODEX_SQLITE_HOME=//p')
  env -i HOME="$HOME" USER="$USER" LOGNAME="$LOGNAME" SHELL="$SHELL" TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    CODEX_HEALTH="$CODEX_HEALTH" CODEX_HEALTH_PART="$part" CODEX_HEALTH_SEEN="$PATH" \
    CODEX_HEALTH_SHELL="$SHELL" CODEX_HEALTH_EXPECTED="$expected" CODEX_HEALTH_PROGRAM="$program" \
    @{LANG:+"LANG=$LANG"} @{SSH_CONNECTION:+"SSH_CONNECTION=$SSH_CONNECTION"} \
    @{codex_home:+"CODEX_HOME=$codex_home"} @{sqlite_home:+"CODEX_SQLITE_HOME=$sqlite_home"} \
    "$SHELL" "$@" 4<&-
}

start() {
  say start "$1" "$2" "$HOME" "$CODEX_HOME" "$CODEX_SQLITE_HOME"
}

# Command lines that name an app server; which of them are one is judged by who asked.
servers() {
  me=$(id -u)
  if [ -r /proc/self/status ]; then
    for file in $(grep -l app-server /proc/[0-9]*/cmdline); do
      folder=@{file%/cmdline}
      set -- $(grep '^Uid:' "$folder/status")
      [ "$2" = "$me" ] || continue
      given=$(tr '\0\n' '\n ' <"$folder/environ")
      is_opaque=
      [ -n "$given" ] || is_opaque=yes
      say server "@{folder#/proc/}" "$(tr '\n\0' ' \n' <"$folder/cmdline" | dd bs=4096 count=1)" "$is_opaque" \
        "$(printf '%s\n' "$given" | sed -n 's/^CODEX_HOME=//p')" \
        "$(printf '%s\n' "$given" | sed -n 's/^CODEX_SQLITE_HOME=//p')"
    done
  else
    ps -axww -o pid= -o uid= -o command= | grep 'app-server' | while read -r pid uid command; do
      [ "$uid" = "$me" ] || continue
      given=$(ps -Eww -p "$pid" -o command=)
      is_opaque=
      [ "$given" != "$command" ] || is_opaque=yes
      say server "$pid" "$(printf %s "$command" | tr ' ' '\n')" "$is_opaque" \
        "$(printf '%s\n' "$given" | sed -n 's/.* CODEX_HOME=\([^ ]*\).*/\1/p')" \
        "$(printf '%s\n' "$given" | sed -n 's/.* CODEX_SQLITE_HOME=\([^ ]*\).*/\1/p')"
    done
  fi
}

# A Codex home by what can be compared, and what is mounted on the way to it.
home() {
  real=$(cd -P -- "$1" && pwd -P && echo .)
  [ -n "$real" ] || return
  real=@{real%??}
  say home "$real" "$(dd if="$real/installation_id" bs=100 count=1)"
  for file in "$real"/*.sqlite "$real/session_index.jsonl" "$real/installation_id"; do
    [ -f "$file" ] || continue
    say file "@{file##*/}" $(stat -L -c '%i %s %Y' -- "$file" || stat -L -f '%i %z %m' -- "$file")
  done
  set -f
  if [ -r /proc/self/mountinfo ]; then
    while read -r mount; do
      set -- $mount
      # The kernel writes blanks in a path as digits behind a backslash: who asked understands them.
      case $real/ in "@{5%/}"/*) say mount "$mount" ;; *) case $5 in *\\*) say mount "$mount" ;; esac ;; esac
    done </proc/self/mountinfo
  else
    mount | head -n 100 | while read -r mount; do say mount "$mount"; done
  fi
}

case $CODEX_HEALTH_PART in
  login)
    seen=$CODEX_HEALTH_SEEN
    start login "$CODEX_HEALTH_SHELL"
    programs login
    exit
    ;;
  server)
    expected=$CODEX_HEALTH_EXPECTED
    program=$CODEX_HEALTH_PROGRAM
    serve
    exit
    ;;
esac

say begin
SHELL=@{SHELL:-/bin/sh}
seen=
expected=
program=
if [ "$what" = all ]; then
  limited 5 'the host itself' machine
  start command "$SHELL"
  limited 20 'programs on its path' programs command
  limited 10 'what its login shell sets' login_shell login true
  limited 10 'Node programs that editors brought' editor_node
  limited 10 'running app servers' servers
fi
say told
while IFS= read -r word <&3 && IFS= read -r argument <&3; do
  case $word in
    home)
      limited 5 "$argument" home "$argument"
      say looked
      ;;
    expected) expected=$argument ;;
    program) program=$argument ;;
    fresh)
      limited 60 'a fresh server' fresh "$argument" 4<&3
      limited 5 'what a fresh server has left behind' end_left
      say asked
      ;;
    node)
      unset CODEX_HEALTH NODE_OPTIONS
      exec "$argument" -e "$launcher" "$mark" <&3 3<&-
      ;;
  esac
done
`.replaceAll('@{', '${');
