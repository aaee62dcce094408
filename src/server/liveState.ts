// What a thread is doing, as far as it can be told without asking anybody.

import type { Holder } from '../engine/model/snapshot.ts';
import type { ThreadId } from '../engine/model/words.ts';
import type { Live } from '../protocol/tree.ts';
import type { View } from './view.ts';

/** Null where nothing is known to happen. */
export function liveStateOf({ report }: View, id: ThreadId): Live | null {
  const holds = ({ writesThreads }: Holder) => writesThreads.includes(id);
  const holder = report.snapshot.holders.find(holds);
  return holder === undefined ? null : { state: 'held', program: holder.program, pid: holder.pid };
}
