// Who has the home open, who keeps others from its databases, and which programs cannot be seen.

import type { Gap, Source } from '../model/gap.ts';
import type { Home, Snapshot } from '../model/snapshot.ts';
import type { Holders, World } from '../world.ts';
import { placesHeld } from './databasePlaces.ts';
import { findLockedDatabases } from './databases/lockedDatabases.ts';
import type { Standing } from './standing.ts';

export async function lookAtPrograms(
  world: World,
  home: Home,
  gaps: Gap[],
  standing: Standing | null,
): Promise<Pick<Snapshot, 'holders' | 'locked'>> {
  const note = (source: Source, why: string, extent: Gap['extent']) =>
    gaps.push({ source, path: null, why, extent });
  const { processes, files, machine } = world;
  const read = await (standing?.holders(home) ?? processes.holders(placesHeld(home, machine)));
  const unseen = read.ok ? unseenCodex(read.value) : null;
  if (!read.ok) note('processes', read.trouble.why, 'all');
  if (unseen !== null) note('processes', unseen, 'part');
  if ((await files.filesystem(home.sqliteHome))?.isNetwork === true) {
    const why = 'they may have the databases open as well, and cannot be seen from here';
    note('other-machines', why, 'part');
  }
  const locked = await findLockedDatabases(world, read, gaps, standing?.locks);
  return { holders: read.ok ? read.value.holders : [], locked };
}

/** A Codex of another account may hold the home, and its open files cannot be seen. */
function unseenCodex({ unreadable }: Holders): string | null {
  const codex = unreadable.find(({ program }) => /codex/i.test(program));
  if (codex === undefined) return null;
  return `the open files of ${codex.program} (process ${String(codex.pid)}) belong to another account`;
}
