import type { Bytes, Columns } from './plan.ts';
import type { FilePath, ThreadId } from './words.ts';

/** What a cure must know beyond the scan. */
export interface Wishes {
  /** Rows of `threads`, whole, by their ids as stored. */
  readonly rows?: readonly ThreadId[];
  /** The first line of these files, and what stands before it. */
  readonly heads?: readonly FilePath[];
}

/** What the cures of some findings must know beyond the scan: looked at once for all of them. */
export interface CloserLook {
  readonly rows: Readonly<Record<ThreadId, Columns>>;
  readonly heads: Readonly<Record<FilePath, Bytes>>;
}
