// Files of the home that may be opened in the editor: those that it shows at once.

import type { Rollout } from '../engine/model/rollout.ts';
import type { Home } from '../engine/model/snapshot.ts';
import { toFileUri } from './fileUri.ts';

/** For larger ones, the record and the transcript speak. */
const LARGEST_TO_OPEN = 1024 * 1024;

/** Null for a rollout that is too large for an editor, or compressed. */
export function addressInHome(
  { file, compressed, bytes }: Rollout,
  system: Home['system'],
): string | null {
  return compressed || bytes > LARGEST_TO_OPEN ? null : toFileUri(file, system);
}
