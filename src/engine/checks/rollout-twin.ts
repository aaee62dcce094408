import type { Pair } from '../model/closerLook.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Rollout } from '../model/rollout.ts';
import { flawOf, isTwin } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { rolloutSubject } from './subjects.ts';
import { asDraft, CHOSEN, moveFile } from './cures/curing.ts';

export default defineCheck({
  id: 'rollout-twin',
  title: 'Conversation is on disk both plain and compressed',
  meaning: `The conversation's file is there twice, as \`.jsonl\` and as \`.jsonl.zst\`. Codex uses
the plain one, and everything works. The compressed one takes up space, and archiving moves only the
plain one, so that the thread is then both in the archive and among the active ones. Deleting the
thread deletes both.

The repair puts the compressed file into the vault, once it is certain that the plain one contains
everything that is in it.`,
  severity: 'note',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    const compressed = snapshot.rollouts.filter(rollout => rollout.compressed);
    if (compressed.length === 0) return;
    const plain = new Map<string, Rollout>();
    for (const rollout of snapshot.rollouts)
      if (!rollout.compressed) plain.set(fileName(rollout), rollout);
    for (const twin of compressed) {
      const other = plain.get(fileName(twin).replace(/\.zst$/, ''));
      if (other === undefined || !isTwin(twin, other)) continue;
      if ([twin, other].some(file => flawOf(file, snapshot) === 'rollout-header-bad')) continue;
      const id = twin.name?.id ?? twin.head.meta?.id ?? null;
      yield {
        subject: rolloutSubject(twin),
        facts: { plain: other.path, compressed: twin.path, isApart: twin.place !== other.place },
        threads: id === null ? [] : [id],
      };
    }
  },
  say: ({ plain, isApart }) =>
    isApart
      ? `It is the compressed twin of ${plain}, which lies on the other side of the archive: the thread is shown both as active and as archived.`
      : `It is the compressed twin of ${plain}, which is the one that Codex uses: nothing is wrong, and space is taken up.`,
  cures: [
    {
      ...CHOSEN,
      id: 'put-twin-away',
      title: 'Put the compressed twin into the vault',
      limits: 'Where the compressed file has something that the plain one lacks, both stay.',
      needs: ['codex-stopped'],
      phase: 'files',
      wishes: ({ facts }, snapshot) => ({ pairs: [pairOf(facts, snapshot)] }),
      plan: ({ facts }, snapshot, closer) => {
        const [twin, plain] = pairOf(facts, snapshot);
        const compared = closer.pairs[`${twin}\n${plain}`];
        const rollout = snapshot.rollouts.find(({ file }) => file === twin);
        if (rollout === undefined || (compared !== 'same' && compared !== 'first-within-second'))
          return {
            why: 'it is not certain that the plain file holds everything that is in the compressed one',
            next: 'Nothing was changed. Both stay, and Codex goes on with the plain one.',
          };
        return asDraft(
          `${facts.compressed} goes into the vault; ${facts.plain} holds everything that is in it.`,
          moveFile(rollout, { vault: fileName(rollout) }),
        );
      },
    },
  ],
});

function fileName({ path }: Rollout): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function pairOf(
  facts: { readonly compressed: string; readonly plain: string },
  { rollouts }: Snapshot,
): Pair {
  const fileOf = (at: string) => rollouts.find(({ path }) => path === at)?.file ?? '';
  return [fileOf(facts.compressed), fileOf(facts.plain)];
}
