import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { filesWith, judgedThread, judgedThreads, mayBeAnothers } from './judging/causes.ts';
import { areAllFilesSeen } from './judging/allFilesSeen.ts';
import { defineCheck, type Objection } from './check.ts';
import { rolloutSubject } from './subjects.ts';
import { correctId, NOT_UNDERSTOOD } from './cures/firstLines.ts';
import { asDraft, SAFE, takeRow } from './cures/curing.ts';

export default defineCheck({
  id: 'rollout-id-mismatch',
  title: 'File and its first line name different threads',
  meaning: `The name of a conversation's file contains the id of its thread, and so does the first
line. Here the two differ, and the first line is the one that does not fit: the database or the
time of the thread agrees with the name. Codex 0.169 refuses to open the thread ("session metadata
… belongs to thread …"), and a list that looks through the files makes up an entry for the other id.

The repair puts the id in the first line right and puts the made-up entry into the vault. Nothing
else of the conversation is touched. It refuses where the other id is that of a thread of its own, and
the time does not tell: files that were exchanged, or copied over each other, look the same.`,
  severity: 'error',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    const files = filesWith('rollout-id-mismatch', snapshot);
    if (files.length === 0) return;
    const isConcerned = new Set(
      judgedThreads(snapshot)
        .filter(({ cause }) => cause === 'rollout-id-mismatch')
        .map(({ thread }) => thread.id),
    );
    for (const rollout of files) {
      const { name, head } = rollout;
      const inHeader = head.meta?.id ?? null;
      if (name === null || inHeader === null) continue;
      yield {
        subject: rolloutSubject(rollout),
        facts: { file: rollout.path, inName: name.id, inHeader },
        threads: [name.id, inHeader].filter(id => id === name.id || isConcerned.has(id)),
      };
    }
  },
  say: ({ file, inName, inHeader }) =>
    `The file ${file} is named after the thread ${inName}, and its first line names ${inHeader}: Codex refuses to open the conversation, and nothing of it is lost.`,
  cures: [
    {
      ...SAFE,
      id: 'correct-id',
      title: 'Put the id in the first line right',
      limits:
        'Lines behind the first one that name the wrong thread stay as they are. A compressed file is left as it is.',
      needs: ['codex-stopped'],
      phase: 'files',
      wishes: ({ facts }, snapshot) => ({
        heads: filesAt(snapshot, facts.file).map(({ file }) => file),
        rows: [facts.inHeader],
      }),
      plan: ({ facts }, snapshot, closer) => {
        const [rollout] = filesAt(snapshot, facts.file);
        const head = closer.heads[rollout?.file ?? ''];
        if (rollout === undefined || head === undefined) return NOT_UNDERSTOOD;
        if (mayBeAnothers(rollout, snapshot)) return OF_TWO_THREADS;
        if (rollout.compressed) return IS_COMPRESSED;
        const { inHeader, inName } = facts;
        const madeUp = judgedThread(snapshot, inHeader);
        const isMadeUp = madeUp?.cause === 'rollout-id-mismatch' && madeUp.thread.bound === rollout;
        // Where not all was seen, it may have a conversation of its own, and stays.
        const isTaken = isMadeUp && areAllFilesSeen(snapshot);
        return asDraft(
          `The first line of ${facts.file} names the thread ${inName}.`,
          correctId(rollout, head, inHeader, inName),
          ...(isTaken ? [takeRow(snapshot, closer, inHeader)] : []),
        );
      },
    },
  ],
});

const OF_TWO_THREADS: Objection = {
  why: 'its first line names another conversation that Codex knows: the files may have been exchanged, or one copied over the other',
  next: 'Nothing was changed. Read what the file holds before you decide whose it is.',
};

const IS_COMPRESSED: Objection = {
  why: 'its file is compressed, and is left as it is',
  next: 'Close every Codex, unpack the file beside itself (zstd -d), and look again: the plain one can be put right.',
};

function filesAt({ rollouts }: Snapshot, path: string): readonly Rollout[] {
  return rollouts.filter(rollout => rollout.path === path);
}
