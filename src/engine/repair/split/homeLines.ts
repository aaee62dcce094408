// The lines that give each host of a split its own Codex home, in the language of each shell. They are the
// first of a start-up file, since many of those end early for a shell that nobody sits at. What they do not
// know they leave alone: another machine, no `hostname`, a CODEX_HOME that somebody has chosen.

import type { HostHome } from '../../model/host.ts';
import type { FilePath } from '../../model/words.ts';
import { markedBlock } from '../startUp/markedBlock.ts';
import type { Shell } from '../startUp/shells.ts';

export const HOMES = 'a Codex home per host';

/** `shared`: the home that all hosts have had, which a host may have been told to use. */
export function homeLines(shell: Shell, hosts: readonly HostHome[], shared: FilePath): string {
  return markedBlock(HOMES, shell, { posix, fish, tcsh }, { hosts, shared });
}

interface Homes {
  readonly hosts: readonly HostHome[];
  readonly shared: FilePath;
}

/** What may stand there already: schedulers hand the environment of one host to the next. */
function ours({ hosts, shared }: Homes): readonly FilePath[] {
  return [...new Set([shared, ...hosts.map(({ home }) => home)])];
}

function posix(homes: Homes): readonly string[] {
  return [
    'case "${CODEX_HOME:-}" in',
    `  '' | ${ours(homes)
      .map(home => `'${home}'`)
      .join(' | ')})`,
    '    case "$(hostname 2>/dev/null)" in',
    ...homes.hosts.map(
      ({ host, home }) => `      '${host}') CODEX_HOME='${home}'; export CODEX_HOME ;;`,
    ),
    '    esac',
    '    ;;',
    'esac',
  ];
}

function fish(homes: Homes): readonly string[] {
  return [
    `if contains -- "$CODEX_HOME" '' ${ours(homes)
      .map(home => `'${home}'`)
      .join(' ')}`,
    "    switch (command -sq hostname; and hostname 2>/dev/null; or echo '')",
    ...homes.hosts.flatMap(({ host, home }) => [
      `        case '${host}'`,
      `            set -gx CODEX_HOME '${home}'`,
    ]),
    '    end',
    'end',
  ];
}

/** A command that is not there would end the whole file, so that another shell is asked. */
function tcsh(homes: Homes): readonly string[] {
  return [
    'set codex_health_chosen = ""',
    // In one line the second half would be looked at in any case.
    'if ( $?CODEX_HOME ) then',
    '  set codex_health_chosen = "$CODEX_HOME"',
    'endif',
    `if ( ${['', ...ours(homes)]
      .map(home => `"$codex_health_chosen" == '${home}'`)
      .join(' || ')} ) then`,
    '  set codex_health_host = "`/bin/sh -c \'hostname 2>/dev/null || :\'`"',
    ...homes.hosts.map(
      ({ host, home }) => `  if ( "$codex_health_host" == '${host}' ) setenv CODEX_HOME '${home}'`,
    ),
    '  unset codex_health_host',
    'endif',
    'unset codex_health_chosen',
  ];
}
