// Whether what is started on a host uses the databases that it was given on a disk of its own, in a sentence.

import type { SeenServer, SeenStart } from '../engine/model/host.ts';

export interface SaidOfDatabases {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly wrong: readonly SeenStart[];
  readonly stale: readonly SeenServer[];
}

export function sayDatabasesUsed({ answer, wrong, stale }: SaidOfDatabases): string {
  if (answer === 'yes') return 'What is started here from now on uses them.';
  if (answer === 'unknown') return 'Whether they are used could not be told: no shell answered.';
  const starts = wrong.map(
    ({ how, shell, sqliteHome }) =>
      `${how === 'command' ? 'a command over ssh' : 'a login shell'} (${shell}) gets ${sqliteHome ?? 'those in the home'}`,
  );
  const servers = stale.map(
    ({ program, pid }) => `${program} (process ${String(pid)}) runs with others`,
  );
  return `They are not used everywhere yet: ${[...starts, ...servers].join('; ')}.`;
}
