// What a person wants for the databases of the host on which they are.

import type { FilePath } from '../../model/words.ts';
import type { StartUpFile } from '../startUp/startUpFiles.ts';

export interface DatabasesWish {
  /** On a local disk of this host; it need not be there yet. */
  readonly folder: FilePath;
  /**
   * `stay`: other hosts may go on with the databases in the home, which are copied. `go`: the person says that no
   * other host has this home, and those in it go into the vault.
   */
  readonly old: 'stay' | 'go';
  readonly startUp: readonly StartUpFile[];
}

/** The finding that all units of it heal together. */
export const OWN = 'own-databases';
/** The cure of these units, by which it is known among other repairs. */
export const OWN_CURE = 'own-databases';
