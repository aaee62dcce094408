// Who holds files of a home. What decides it is one small module per system; docs/platforms.md
// says which of them has run where.

import type { Holders, Processes, Read } from '../../engine/world.ts';
import type { FarFiles } from '../far/farFiles.ts';
import type { Reach } from '../reach.ts';
import { ancestorsFromPs, findHoldersWithLsof } from './darwin.ts';
import { ancestorsInProc, findHoldersInProc } from './linux.ts';
import { sayThatWindowsDoesNotTell } from './win32.ts';

export function createProcesses(
  reach: Reach,
  files: Pick<FarFiles, 'list' | 'stat' | 'isReader'>,
  system: NodeJS.Platform = process.platform,
): Processes {
  const others = (found: Read<Holders>): Read<Holders> =>
    found.ok ? { ok: true, value: withoutReaders(found.value, files) } : found;
  switch (system) {
    case 'win32':
      return {
        holders: () => Promise.resolve(sayThatWindowsDoesNotTell()),
        ancestors: () => Promise.resolve([]),
      };
    case 'darwin':
      return {
        holders: async folders => others(await findHoldersWithLsof(await reach.realPaths(folders))),
        ancestors: ancestorsFromPs,
      };
    default:
      return {
        holders: async folders =>
          others(await findHoldersInProc(await reach.realPaths(folders), files)),
        ancestors: pid => Promise.resolve(ancestorsInProc(pid)),
      };
  }
}

/** What reads for us has files open as we have, and one that was left behind has its file open until it ends. */
function withoutReaders(found: Holders, { isReader }: Pick<FarFiles, 'isReader'>): Holders {
  return { ...found, holders: found.holders.filter(({ pid }) => !isReader(pid)) };
}
