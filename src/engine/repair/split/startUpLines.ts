// The lines that give each host of a split its own Codex home, in the language of each shell. They are the
// first of a start-up file, since many of those end early for a shell that nobody sits at. What they do not
// know they leave alone: another machine, no `hostname`, a CODEX_HOME that somebody has chosen.

import type { HostHome } from '../../model/host.ts';
import type { FilePath } from '../../model/words.ts';
import type { Shell } from './wish.ts';

export const BEGIN = '# >>> codex-health: a Codex home per host >>>';
export const END = '# <<< codex-health: a Codex home per host <<<';
const WHOSE =
  '# Written by codex-health; undoing that repair takes out these lines, and no others.';

/** `shared`: the home that all hosts have had, which a host may have been told to use. */
export function startUpLines(shell: Shell, hosts: readonly HostHome[], shared: FilePath): string {
  const lines = [BEGIN, WHOSE, ...LANGUAGES[shell](hosts, shared), END];
  return lines.map(line => `${line}\n`).join('');
}

type Language = (hosts: readonly HostHome[], shared: FilePath) => readonly string[];

/** What may stand there already: schedulers hand the environment of one host to the next. */
function ours(hosts: readonly HostHome[], shared: FilePath): readonly FilePath[] {
  return [...new Set([shared, ...hosts.map(({ home }) => home)])];
}

const posix: Language = (hosts, shared) => [
  'case "${CODEX_HOME:-}" in',
  `  '' | ${ours(hosts, shared)
    .map(home => `'${home}'`)
    .join(' | ')})`,
  '    case "$(hostname 2>/dev/null)" in',
  ...hosts.map(({ host, home }) => `      '${host}') CODEX_HOME='${home}'; export CODEX_HOME ;;`),
  '    esac',
  '    ;;',
  'esac',
];

const fish: Language = (hosts, shared) => [
  `if contains -- "$CODEX_HOME" '' ${ours(hosts, shared)
    .map(home => `'${home}'`)
    .join(' ')}`,
  "    switch (command -sq hostname; and hostname 2>/dev/null; or echo '')",
  ...hosts.flatMap(({ host, home }) => [
    `        case '${host}'`,
    `            set -gx CODEX_HOME '${home}'`,
  ]),
  '    end',
  'end',
];

/** A command that is not there would end the whole file, so that another shell is asked. */
const tcsh: Language = (hosts, shared) => [
  'set codex_health_chosen = ""',
  // In one line the second half would be looked at in any case.
  'if ( $?CODEX_HOME ) then',
  '  set codex_health_chosen = "$CODEX_HOME"',
  'endif',
  `if ( ${['', ...ours(hosts, shared)]
    .map(home => `"$codex_health_chosen" == '${home}'`)
    .join(' || ')} ) then`,
  '  set codex_health_host = "`/bin/sh -c \'hostname 2>/dev/null || :\'`"',
  ...hosts.map(
    ({ host, home }) => `  if ( "$codex_health_host" == '${host}' ) setenv CODEX_HOME '${home}'`,
  ),
  '  unset codex_health_host',
  'endif',
  'unset codex_health_chosen',
];

const LANGUAGES: Readonly<Record<Shell, Language>> = {
  bash: posix,
  zsh: posix,
  sh: posix,
  fish,
  tcsh,
};

/** Whether a name or a path means the same between single quotes in every shell. */
export function isPlain(text: string): boolean {
  return /^[\w./@+,:=~ \u00a1-\uffff-]+$/.test(text);
}
