import type { Row } from './database.ts';
import type { Rollout } from './rollout.ts';
import type { FilePath, ThreadId } from './words.ts';

/** What rows, files and names together say about one thread. */
export interface Thread {
  readonly id: ThreadId;
  readonly row: Row | null;
  /** Files whose name or header claims this thread, the likeliest first. */
  readonly files: readonly Rollout[];
  /** The file that holds its conversation: header and thread agree. */
  readonly own: Rollout | null;
  /** The file to which the row points, when it is one that was found; plain and `.zst` are one. */
  readonly bound: Rollout | null;
  readonly archived: boolean;
  readonly title: string;
  readonly cwd: FilePath;
  /** The working directory in canonical form: spellings of one directory are one project. */
  readonly project: FilePath;
  readonly provider: string;
  readonly source: string;
  readonly historyMode: 'paginated' | 'legacy';
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
