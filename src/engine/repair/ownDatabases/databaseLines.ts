// The lines that tell a Codex of one host where its databases are, in the language of each shell. They stand in
// files that other hosts read too, and are handed on with the environment, as schedulers do it: so they say for
// which host they have set it, and take it away on any other one, where the folder would be made anew and empty.

import type { HostName } from '../../model/host.ts';
import type { FilePath } from '../../model/words.ts';
import { markedBlock } from '../startUp/markedBlock.ts';
import type { Shell } from '../startUp/shells.ts';

export interface DatabasePlace {
  readonly host: HostName;
  readonly home: FilePath;
  readonly folder: FilePath;
}

export function databaseLines(shell: Shell, place: DatabasePlace): string {
  return markedBlock(databasesOf(place.host), shell, { posix, fish, tcsh }, place);
}

/** Each host that shares a start-up file has lines of its own in it. */
export function databasesOf(host: HostName): string {
  return `databases of ${host} on a disk of its own`;
}

function posix({ host, home, folder }: DatabasePlace): readonly string[] {
  return [
    'codex_health_host="$(hostname 2>/dev/null)"',
    'case "${CODEX_HEALTH_DATABASES_OF:-}" in',
    `  '' | "$codex_health_host") ;;`,
    '  *) unset CODEX_SQLITE_HOME CODEX_HEALTH_DATABASES_OF ;;',
    'esac',
    `if [ "$codex_health_host" = '${host}' ] && [ -z "\${CODEX_SQLITE_HOME:-}" ]; then`,
    '  case "${CODEX_HOME:-}" in',
    `    '' | '${home}')`,
    `      CODEX_SQLITE_HOME='${folder}'; export CODEX_SQLITE_HOME`,
    `      CODEX_HEALTH_DATABASES_OF='${host}'; export CODEX_HEALTH_DATABASES_OF`,
    '      ;;',
    '  esac',
    'fi',
    'unset codex_health_host',
  ];
}

function fish({ host, home, folder }: DatabasePlace): readonly string[] {
  return [
    `set -l codex_health_host (command -sq hostname; and hostname 2>/dev/null; or echo '')`,
    'if set -q CODEX_HEALTH_DATABASES_OF; and test "$CODEX_HEALTH_DATABASES_OF" != "$codex_health_host"',
    '    set -e CODEX_SQLITE_HOME',
    '    set -e CODEX_HEALTH_DATABASES_OF',
    'end',
    `if test "$codex_health_host" = '${host}'; and test -z "$CODEX_SQLITE_HOME"; and contains -- "$CODEX_HOME" '' '${home}'`,
    `    set -gx CODEX_SQLITE_HOME '${folder}'`,
    `    set -gx CODEX_HEALTH_DATABASES_OF '${host}'`,
    'end',
  ];
}

/** A variable that is not there would end the whole file, even in the half of a line that is not reached. */
function tcsh({ host, home, folder }: DatabasePlace): readonly string[] {
  return [
    'set codex_health_host = "`/bin/sh -c \'hostname 2>/dev/null || :\'`"',
    'set codex_health_home = ""',
    'if ( $?CODEX_HOME ) then',
    '  set codex_health_home = "$CODEX_HOME"',
    'endif',
    'if ( $?CODEX_HEALTH_DATABASES_OF ) then',
    '  if ( "$CODEX_HEALTH_DATABASES_OF" != "$codex_health_host" ) then',
    '    unsetenv CODEX_SQLITE_HOME',
    '    unsetenv CODEX_HEALTH_DATABASES_OF',
    '  endif',
    'endif',
    'set codex_health_databases = ""',
    'if ( $?CODEX_SQLITE_HOME ) then',
    '  set codex_health_databases = "$CODEX_SQLITE_HOME"',
    'endif',
    `if ( "$codex_health_host" == '${host}' && "$codex_health_databases" == "" ) then`,
    `  if ( "$codex_health_home" == "" || "$codex_health_home" == '${home}' ) then`,
    `    setenv CODEX_SQLITE_HOME '${folder}'`,
    `    setenv CODEX_HEALTH_DATABASES_OF '${host}'`,
    '  endif',
    'endif',
    'unset codex_health_host',
    'unset codex_health_home',
    'unset codex_health_databases',
  ];
}
