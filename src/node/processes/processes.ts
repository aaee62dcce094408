// Who holds files of a home. What decides it is one small module per system; docs/platforms.md
// says which of them has run where.

import type { Processes } from '../../engine/world.ts';
import type { Reach } from '../reach.ts';
import { ancestorsFromPs, findHoldersWithLsof } from './darwin.ts';
import { ancestorsInProc, findHoldersInProc } from './linux.ts';
import { sayThatWindowsDoesNotTell } from './win32.ts';

export function createProcesses(
  reach: Reach,
  system: NodeJS.Platform = process.platform,
): Processes {
  switch (system) {
    case 'win32':
      return {
        holders: () => Promise.resolve(sayThatWindowsDoesNotTell()),
        ancestors: () => Promise.resolve([]),
      };
    case 'darwin':
      return {
        holders: async folders => findHoldersWithLsof(await reach.realPaths(folders)),
        ancestors: ancestorsFromPs,
      };
    default:
      return {
        holders: async folders => findHoldersInProc(await reach.realPaths(folders)),
        ancestors: pid => Promise.resolve(ancestorsInProc(pid)),
      };
  }
}
