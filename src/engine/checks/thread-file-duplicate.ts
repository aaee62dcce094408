import type { CloserLook, Pair } from '../model/closerLook.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { HomePath } from '../model/words.ts';
import { defineCheck } from './check.ts';
import { judgedThreads } from './judging/causes.ts';
import { threadSubject } from './subjects.ts';
import { countOf, join } from './words.ts';
import { canonicalPlace, inHome, NO_RIGHT_NAME } from './cures/canonicalPlace.ts';
import { asDraft, bindRow, moveFile, SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-file-duplicate',
  title: 'Several files hold one thread',
  meaning: `More than one file says that it is this thread. One is a copy, made by a backup, a cloud
folder or a tool. Codex lists the thread once for each file, goes on in one of them, and from 0.169
on archives or **deletes all of them** together; 0.142 acts on one, and may bind the thread to the
older one.

Not meant are the files that Codex itself makes: a compressed twin, and the further parts in which
a thread goes on after a revert (\`rollout-…-‹thread›_‹part›.jsonl\`).

The repair keeps the file with more history, at the place and under the name by which Codex finds it,
and puts the other into the vault. It refuses when each of the two has lines that the other lacks.`,
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
      wishes: ({ facts, threads }, snapshot) => ({
        pairs: pairsOf(facts.files, snapshot),
        rows: threads,
      }),
      plan: ({ facts, threads }, snapshot, closer) => {
        const [id = ''] = threads;
        const order = snapshot.rollouts
          .filter(({ path }) => facts.files.includes(path))
          .toSorted((one, other) => compare(one, other, facts.used));
        const [kept, ...copies] = order;
        if (kept === undefined || !copies.every(copy => isWithin(copy, kept, closer)))
          return {
            why: 'each of the files holds something that another one lacks',
            next: 'Nothing was changed. Look at the files before you decide which to keep.',
          };
        const row = closer.rows[id];
        const path = placeFor(kept, order, facts.used) ?? canonicalPlace(kept, id, row);
        if (path === null) return NO_RIGHT_NAME;
        const place = { ...kept, path, ...treeOf(path), file: inHome(snapshot.home, path) };
        const bound = row === undefined ? null : bindRow(snapshot, closer, id, place);
        const binding = bound === null ? [] : 'why' in bound ? [bound] : bound.steps;
        const goes = `${join(copies.map(one => one.path))}, of which it holds everything, ${copies.length === 1 ? 'goes' : 'go'} into the vault.`;
        return asDraft(
          path === kept.path ? `${path} stays; ${goes}` : `${kept.path} becomes ${path}; ${goes}`,
          ...copies.map((copy, index) =>
            moveFile(copy, {
              vault: `${String(index)}-${copy.path.slice(copy.path.lastIndexOf('/') + 1)}`,
            }),
          ),
          ...(path === kept.path ? [] : [moveFile(kept, { file: place.file })]),
          ...binding,
        );
      },
    },
  ],
});

function pairsOf(paths: readonly string[], { rollouts }: Snapshot): readonly Pair[] {
  const files = rollouts.filter(({ path }) => paths.includes(path)).map(({ file }) => file);
  return files.flatMap((one, index) => files.slice(index + 1).map(other => [one, other] as const));
}

/** What holds most comes first; of files that are the same, the one that is where Codex looks for it. */
function compare(one: Rollout, other: Rollout, used: string): number {
  return other.bytes - one.bytes || rank(one, used) - rank(other, used);
}

function rank(rollout: Rollout, used: string): number {
  return (isInOrder(rollout) ? 0 : 2) + (rollout.path === used ? 0 : 1);
}

function isInOrder({ inItsFolder, name, head }: Rollout): boolean {
  return inItsFolder && name !== null && name.id === head.meta?.id;
}

function isWithin(one: Rollout, other: Rollout, { pairs }: CloserLook): boolean {
  const compared = pairs[`${one.file}\n${other.file}`];
  const reverse = pairs[`${other.file}\n${one.file}`];
  return (
    compared === 'same' ||
    reverse === 'same' ||
    compared === 'first-within-second' ||
    reverse === 'second-within-first'
  );
}

/**
 * Where the file that stays belongs: a copy that a cloud folder made may hold more, under a name by which
 * Codex does not find it. The thread stays where Codex uses it, in the archive or not; null where none of
 * its files is in order.
 */
function placeFor(kept: Rollout, files: readonly Rollout[], used: string): HomePath | null {
  const inOrder = files.filter(isInOrder);
  const place =
    inOrder.find(({ path }) => path === used) ?? inOrder.find(one => one === kept) ?? inOrder[0];
  if (place === undefined) return null;
  return place.path.replace(/\.zst$/, '') + (kept.compressed ? '.zst' : '');
}

function treeOf(path: HomePath): Pick<Rollout, 'place'> {
  return { place: path.startsWith('archived_sessions/') ? 'archived_sessions' : 'sessions' };
}
