import type { FilePath } from './words.ts';

/**
 * The places that a scan asks. A check names those it needs, and a gap names the one it is in.
 * `rollout-bodies` stands for what lies between head and tail of a rollout, and `hosts` for what is known of
 * other machines that use the home.
 */
export type Source =
  | 'home'
  | 'config'
  | 'rollouts-active'
  | 'rollouts-archived'
  | 'rollout-bodies'
  | 'state-database'
  | 'other-databases'
  | 'names'
  | 'folders'
  | 'codexes'
  | 'processes'
  | 'locks'
  | 'other-machines'
  | 'desktop-state'
  | 'hosts';

/** Something that could not be looked at. */
export interface Gap {
  readonly source: Source;
  readonly path: FilePath | null;
  /** A sentence part that follows "could not look at …: ". */
  readonly why: string;
  /** `all`: nothing of the source was seen. `part`: the rest of it was. */
  readonly extent: 'all' | 'part';
}
