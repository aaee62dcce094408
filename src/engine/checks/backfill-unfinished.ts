import { unfinishedBackfill } from './judging/backfill.ts';
import { defineCheck } from './check.ts';
import { databaseSubject } from './judging/databasesInUse.ts';
import { countOf } from './words.ts';
import { literal } from '../model/literal.ts';
import { correctionsByBackfill } from '../visibility/corrections.ts';
import { askCodex, asDraft, SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'backfill-unfinished',
  title: 'Codex has not entered all conversations in its database',
  meaning: `When Codex gets a new database it goes through all its files once and enters each
conversation. Here it has not come to the end of that: it was interrupted, has not begun, or says
that it is done although most conversations are not entered. Lists that are read from the database,
such as that of Codex for VS Code, do not show them; those that look through the files do. **Nothing is
lost.**

Pending, or begun more than a quarter of an hour ago and left: the next start of Codex takes it up
(0.135 and newer, before they answer; tried with 0.142 to 0.169). Begun less than a quarter of an hour
ago it is not reported, because somebody may be at it; a Codex that is started then waits for half a
minute and gives up. Called complete with most entries missing, more than half and at least three:
then it does not look again by itself, and the cure tells it to. A state that no Codex knows keeps it
from starting.

Entering a conversation anew takes the provider from the last settings line of its file. Where another
tool has moved threads between providers without changing that line, they go back to the old one.`,
  severity: 'warning',
  needs: { 'state-database': 'whole', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    const unfinished = unfinishedBackfill(snapshot);
    if (unfinished === null || snapshot.state === null) return;
    const { state, withoutRow } = unfinished;
    yield {
      subject: databaseSubject(snapshot.state.database),
      facts: { state, missing: withoutRow.length },
      threads: withoutRow,
      severity: state === 'strange' ? 'error' : 'warning',
    };
  },
  say: ({ state, missing }) => {
    const are = missing === 1 ? 'is' : 'are';
    const count = missing === 0 ? '' : ` ${countOf(missing, 'conversation')} ${are} not entered.`;
    return `${SENTENCES[state]}${count} Nothing is lost.`;
  },
  cures: [
    {
      ...SAFE,
      id: 'complete-index',
      title: 'Let Codex enter all conversations in its database',
      limits:
        'Entries without a conversation stay, and names that were lost are not found again by it.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'databases',
      plan: ({ id, threads, facts }, snapshot) => {
        const { state } = snapshot;
        if (state?.backfill == null)
          return { why: 'it cannot be read', next: 'Look again with codex-health scan.' };
        const { status, watermark } = state.backfill;
        const reset = {
          kind: 'rows' as const,
          database: state.database.file,
          table: 'backfill_state',
          changes: [
            {
              key: { id: '1' },
              before: { status: literal(status), last_watermark: literal(watermark) },
              after: { status: "'pending'", last_watermark: 'NULL' },
            },
          ],
        };
        const isBegun = facts.state === 'pending' || facts.state === 'interrupted';
        const asked = askCodex(
          snapshot,
          codex => [
            {
              method: 'thread/list',
              params: { useStateDbOnly: true },
              says: 'enters all conversations in its database, as it does at its start',
              findings: [id],
              threads,
              corrects: correctionsByBackfill(snapshot, codex, isBegun ? watermark : null),
            },
          ],
          { completesIndex: true },
        );
        return asDraft(
          'Codex goes through all its files and enters what is not there yet.',
          ...(isBegun ? [] : [reset]),
          asked,
        );
      },
    },
  ],
});

const SENTENCES = {
  pending:
    'Codex has yet to enter the conversations in the database; it does so when it is started.',
  interrupted:
    'Codex was interrupted while it entered the conversations in the database; it goes on when it is started.',
  short: 'Codex takes the entering of conversations in the database for done, and it is not.',
  strange:
    'The database says of the entering of conversations what no Codex understands; Codex does not start with it.',
} as const;
