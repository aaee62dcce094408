// Who holds files of a home. What decides it is one small module per system; docs/platforms.md
// says which of them has run where.

import type { Processes } from '../../engine/world.ts';
import { findHoldersWithLsof } from './darwin.ts';
import { findHoldersInProc } from './linux.ts';
import { sayThatWindowsDoesNotTell } from './win32.ts';

/** Looks into other processes; for a folder on a mount that may hang, ask `Outside` first. */
export function createProcesses(system: NodeJS.Platform = process.platform): Processes {
  switch (system) {
    case 'win32':
      return { holders: () => Promise.resolve(sayThatWindowsDoesNotTell()) };
    case 'darwin':
      return { holders: findHoldersWithLsof };
    default:
      return { holders: folders => Promise.resolve(findHoldersInProc(folders)) };
  }
}
