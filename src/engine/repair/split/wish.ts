// What a person wants of a split.

import type { HostHome, HostName } from '../../model/host.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';

export interface SplitWish {
  readonly hosts: readonly HostHome[];
  /** Whose threads go along; those that are not named here stay where they are. */
  readonly of: ReadonlyMap<ThreadId, HostName>;
  /** How settings, keys, rules, skills and prompts are shared. */
  readonly shared: 'link' | 'copy';
  readonly startUp: readonly StartUpFile[];
}

export type Shell = 'bash' | 'zsh' | 'fish' | 'tcsh' | 'sh';

export interface StartUpFile {
  readonly shell: Shell;
  readonly file: FilePath;
}

/** The finding that all units of a split heal together. */
export const SPLIT = 'split';
/** The cure of these units, by which a split is known among other repairs. */
export const SPLIT_CURE = 'split-home';
