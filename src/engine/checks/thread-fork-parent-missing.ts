import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { ThreadId } from '../model/words.ts';
import { causesOf } from './causes.ts';
import { defineCheck } from './check.ts';
import { threadSubject } from './subjects.ts';
import { countOf } from './words.ts';

export default defineCheck({
  id: 'thread-fork-parent-missing',
  title: 'File with the beginning of the thread is gone',
  meaning: `A fork of a thread with paginated history does not copy what came before: it names the
file of the thread from which it was forked, and Codex reads the beginning there. In the same way a
thread goes on in a new file after a revert and names its own earlier one. Here that file is nowhere
in this home, and Codex refuses to read or to resume the thread ("invalid paginated history lineage
for …: missing source rollout"). What was said after the fork is on disk; the beginning is not.

Forks of threads with legacy history hold a copy of everything and do not need their parent.

If the file is in the vault, in a backup or under another name, putting it back heals all forks at
once. Otherwise nothing does.`,
  severity: 'error',
  needs: { 'rollouts-active': 'whole', 'rollouts-archived': 'whole' },
  *detect(snapshot) {
    const files = new Set(snapshot.rollouts.flatMap(partsOf));
    const children = childrenOf(snapshot);
    const { fileOf, holdersOf } = causesOf(snapshot);
    for (const thread of snapshot.threads) {
      const missing = missingPart(fileOf(thread), holdersOf(thread), files);
      if (missing === null) continue;
      const threads = withDescendants(thread.id, children);
      yield {
        subject: threadSubject(thread.id, fileOf(thread)),
        facts: { ...missing, forks: threads.length - 1 },
        threads,
      };
    }
  },
  say: ({ parent, isOwn, forks }) => {
    const whose = isOwn ? 'It goes on from an earlier file of its own' : 'It was forked';
    const which = isOwn ? ` (${parent})` : ` from the conversation ${parent}`;
    const more = forks === 0 ? '' : ` ${countOf(forks, 'further fork')} of it suffer as well.`;
    return `${whose}${which}, whose file is nowhere in this home: Codex cannot open it without that beginning.${more}`;
  },
});

/** The names under which other files can refer to a file. */
function partsOf({ name, head }: Rollout): readonly ThreadId[] {
  if (name !== null) return [name.segment ?? name.id, ...(name.segment === null ? ids(head) : [])];
  return ids(head);
}

function ids({ meta }: Rollout['head']): readonly ThreadId[] {
  return meta?.id == null ? [] : [meta.id];
}

/** Follows a thread through its own files to the first that is not there. */
function missingPart(
  file: Rollout | null,
  own: readonly Rollout[],
  files: ReadonlySet<ThreadId>,
): { readonly parent: ThreadId; readonly isOwn: boolean } | null {
  const seen = new Set<Rollout>();
  let current = file;
  while (current !== null && !seen.has(current)) {
    seen.add(current);
    const base = baseOf(current);
    if (base === null) return null;
    const parent = current.head.meta?.forkedFrom ?? null;
    if (!files.has(base)) return { parent: parent ?? base, isOwn: parent === null };
    current = own.find(other => (other.name?.segment ?? other.name?.id) === base) ?? null;
  }
  return null;
}

function baseOf({ head }: Rollout): ThreadId | null {
  return head.meta?.historyFile ?? head.meta?.historyBase ?? null;
}

function childrenOf({ threads }: Snapshot): ReadonlyMap<ThreadId, readonly Thread[]> {
  const children = new Map<ThreadId, Thread[]>();
  for (const thread of threads) {
    const parent = thread.own?.head.meta?.historyBase ?? null;
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), thread]);
  }
  return children;
}

function withDescendants(
  id: ThreadId,
  children: ReadonlyMap<ThreadId, readonly Thread[]>,
): readonly ThreadId[] {
  const found = new Set([id]);
  for (const one of found) for (const child of children.get(one) ?? []) found.add(child.id);
  return [...found];
}
