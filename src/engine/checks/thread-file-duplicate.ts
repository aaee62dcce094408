import type { Pair } from '../model/closerLook.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { defineCheck } from './check.ts';
import { judgedThreads } from './judging/causes.ts';
import { threadSubject } from './subjects.ts';
import { countOf, join } from './words.ts';
import { asDraft, moveFile, SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-file-duplicate',
  title: 'Several files hold one thread',
  meaning: `More than one file says that it is this thread. One is a copy, made by a backup, a cloud
folder or a tool. Codex lists the thread once for each file, goes on in one of them, and from 0.169
on archives or **deletes all of them** together; 0.142 acts on one, and may bind the thread to the
older one.

Not meant are the files that Codex itself makes: a compressed twin, and the further parts in which
a thread goes on after a revert (\`rollout-…-‹thread›_‹part›.jsonl\`).

The repair puts the stray copy into the vault and keeps the file with more history. It refuses when
each of the two has lines that the other lacks.`,
  severity: 'warning',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file, holders } of judgedThreads(snapshot)) {
      if (file === null || cause !== 'thread-file-duplicate') continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: {
          used: file.path,
          files: holders.map(({ path }) => path).sort(),
        },
        threads: [thread.id],
      };
    }
  },
  say: ({ files }) =>
    `${countOf(files.length, 'file')} hold this one conversation (${join(files)}): lists show it more than once, and deleting one entry deletes them all.`,
  cures: [
    {
      ...SAFE,
      id: 'put-copy-away',
      title: 'Put the copy that holds less into the vault',
      limits: 'Where each file has something that the other lacks, both stay.',
      needs: ['codex-stopped'],
      phase: 'files',
      wishes: ({ facts }, snapshot) => ({ pairs: pairsOf(facts.files, snapshot) }),
      plan: ({ facts }, snapshot, closer) => {
        const files = facts.files.flatMap(path =>
          snapshot.rollouts.filter(one => one.path === path),
        );
        const isWithin = (one: Rollout, other: Rollout) => {
          const [first, second] = [one, other].map(({ file }) => file);
          const compared = closer.pairs[`${first ?? ''}\n${second ?? ''}`];
          const reverse = closer.pairs[`${second ?? ''}\n${first ?? ''}`];
          return (
            compared === 'same' ||
            reverse === 'same' ||
            compared === 'first-within-second' ||
            reverse === 'second-within-first'
          );
        };
        // Of files that are the same, the one stays that Codex uses and that is where it should be.
        const order = files.toSorted(
          (one, other) =>
            other.bytes - one.bytes || rank(one, facts.used) - rank(other, facts.used),
        );
        const [kept, ...copies] = order;
        if (kept === undefined || !copies.every(copy => isWithin(copy, kept)))
          return {
            why: 'each of the files holds something that another one lacks',
            next: 'Nothing was changed. Look at the files before you decide which to keep.',
          };
        return asDraft(
          `${kept.path} stays; ${join(copies.map(({ path }) => path))}, of which it holds everything, ${copies.length === 1 ? 'goes' : 'go'} into the vault.`,
          ...copies.map((copy, index) =>
            moveFile(copy, {
              vault: `${String(index)}-${copy.path.slice(copy.path.lastIndexOf('/') + 1)}`,
            }),
          ),
        );
      },
    },
  ],
});

function pairsOf(paths: readonly string[], { rollouts }: Snapshot): readonly Pair[] {
  const files = rollouts.filter(({ path }) => paths.includes(path)).map(({ file }) => file);
  return files.flatMap((one, index) => files.slice(index + 1).map(other => [one, other] as const));
}

function rank(rollout: Rollout, used: string): number {
  return (rollout.path === used ? 0 : 2) + (rollout.inItsFolder && rollout.name !== null ? 0 : 1);
}
