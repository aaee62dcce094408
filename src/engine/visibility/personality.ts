// Codex before 0.150 chooses a personality for whoever has conversations and none in config.toml, once for each
// home (0.111 to 0.142 do, 0.150 does not). To find out whether there are any it looks for the newest one, as a
// list does, which corrects its row; and it writes what it has chosen into config.toml.

import type { Codex, Snapshot } from '../model/snapshot.ts';
import { compareVersions } from '../model/versions.ts';
import { codexInUse } from './codexRules.ts';
import { lookAt } from './look.ts';
import { listedFiles } from './scanList.ts';
import { YES } from './verdict.ts';

export function choosesPersonality({ home, config }: Snapshot, version: string | null): boolean {
  const asks = compareVersions(version ?? '0', '0.150') < 0;
  return asks && !home.hasPersonalityMark && !config.hasPersonality;
}

/** Whether the next start of a Codex may write one into config.toml: it has to find a conversation for that. */
export function mayWritePersonality(snapshot: Snapshot, codex: Codex): boolean {
  if (!choosesPersonality(snapshot, codex.version)) return false;
  const inUse = codexInUse([codex]);
  // Of those that were not measured nothing more is known.
  if ('tooOld' in inUse) return snapshot.rollouts.length > 0;
  return inUse.some(({ rules }) => {
    const look = lookAt(snapshot, rules, YES);
    return PLACES.some(place => listedFiles(look, place).length > 0);
  });
}

const PLACES = ['sessions', 'archived_sessions'] as const;
