// Threads that no person means to keep: they lie in temporary directories, or a program made them
// to see whether Codex answers.

import { isAbsolutePath } from '../../model/paths.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Thread } from '../../model/thread.ts';
import { kindOfSource } from './sources.ts';
import { isTemporaryThread } from './workingDirectories.ts';

/** What programs say that only want to know whether somebody is there (openai/codex #18364). */
const PROBES = /^\/?(?:status|ping|health ?check|probe|usage)[.!?]?$/i;

export type Disposable = 'temporary-directory' | 'probe';

export function whyDisposable(
  thread: Thread,
  file: Rollout,
  snapshot: Snapshot,
): Disposable | null {
  if (isTemporaryThread(thread, snapshot)) return 'temporary-directory';
  return isProbe(thread, file) ? 'probe' : null;
}

/** No real prompt, and made where or how no person works. */
function isProbe({ cwd, source }: Thread, { head }: Rollout): boolean {
  const isMachineMade = isRoot(cwd) || kindOfSource(source) === 'automation';
  if (!isMachineMade || !head.reachesFirstMessage) return false;
  return head.firstUserMessage === null || PROBES.test(head.firstUserMessage.trim());
}

function isRoot(cwd: string): boolean {
  return isAbsolutePath(cwd) && /^(?:\/|[A-Za-z]:[\\/]?)$/.test(cwd);
}
