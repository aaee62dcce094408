// Where a Codex keeps the database of its log: with the others, or, from 0.169 on, in `log_dir` of config.toml.

import type { Database } from '../model/database.ts';
import { parentOf, sameDirectory } from '../model/paths.ts';
import type { Codex, Home } from '../model/snapshot.ts';
import { codexInUse } from './codexRules.ts';

/** Whether a database is a log that lies apart from the others. */
export function isInLogDir(
  { family, file }: Pick<Database, 'family' | 'file'>,
  { logDir, system }: Home,
): boolean {
  return family === 'logs' && logDir !== null && sameDirectory(parentOf(file), logDir, system);
}

/**
 * Whether the programs of this machine heed `log_dir` where config.toml has one: yes, no, or both where they
 * differ or nothing is known of them. What is older than all that was measured does not.
 */
export function heedLogDir(codexes: readonly Codex[]): ReadonlySet<boolean> {
  const known = codexes.filter(({ version }) => version !== null);
  if (known.length === 0) return new Set([true, false]);
  return new Set(
    known.flatMap(codex => {
      const ways = codexInUse([codex]);
      return 'tooOld' in ways ? [false] : ways.map(({ rules }) => rules.heedsLogDir);
    }),
  );
}
