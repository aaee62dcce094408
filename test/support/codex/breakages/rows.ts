// Breakages of the rows of the state database and of the names that Codex keeps beside it.

import { writeFileSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { withDatabase } from '../databases.ts';
import { projectFolder } from '../makeHome.ts';
import { readMeta } from '../rollouts.ts';
import {
  copyRow,
  deleteRow,
  madeIds,
  notApplicable,
  requireChange,
  rollout,
  setRow,
  stateDatabase,
} from './breakage.ts';
import type { Breakage } from './breakage.ts';

export const rowBreakages: readonly Breakage[] = [
  {
    name: 'db-archived1',
    target: 'A',
    about: 'The row says archived, the file is in sessions.',
    apply: home => {
      setRow(home, 'A', { archived: 1, archived_at: 1795000000 });
    },
  },
  {
    name: 'db-archived0-file-archived',
    target: 'X',
    about: 'The row says active, the file is in archived_sessions.',
    apply: home => {
      setRow(home, 'X', { archived: 0, archived_at: null });
    },
  },
  {
    name: 'row-deleted',
    target: 'A',
    about: 'The row of an active thread is gone.',
    apply: home => {
      deleteRow(home, 'A');
    },
  },
  {
    name: 'row-deleted-archived',
    target: 'X',
    about: 'The row of an archived thread is gone.',
    apply: home => {
      deleteRow(home, 'X');
    },
  },
  {
    name: 'dup-path',
    target: 'A',
    about: "The row has another thread's file; its own file exists.",
    apply: home => {
      setRow(home, 'A', { rollout_path: rollout(home, 'B') });
    },
  },
  {
    name: 'dup-path-file-gone',
    target: 'A',
    about: "The row has another thread's file; its own file is gone.",
    apply: home => {
      setRow(home, 'A', { rollout_path: rollout(home, 'B') });
      unlinkSync(rollout(home, 'A'));
    },
  },
  {
    name: 'ghost-row',
    target: 'G',
    about: "A row with a new id has another thread's file.",
    apply: home => {
      copyRow(home, 'B', madeIds.G);
    },
  },
  {
    name: 'db-cwd-other',
    target: 'A',
    about: 'The row has another working directory than the rollout.',
    apply: home => {
      setRow(home, 'A', { cwd: projectFolder('other') });
    },
  },
  {
    name: 'db-cwd-relative',
    target: 'A',
    about: 'The row has a relative working directory.',
    apply: home => {
      setRow(home, 'A', { cwd: 'rel/dir' });
    },
  },
  {
    name: 'db-cwd-trailslash',
    target: 'A',
    about: 'The working directory of the row ends with a slash.',
    apply: home => {
      const cwd =
        readMeta(rollout(home, 'A'))?.cwd ?? notApplicable('the rollout has no working directory');
      setRow(home, 'A', { cwd: `${cwd}/` });
    },
  },
  {
    name: 'db-provider-other',
    target: 'A',
    about: 'The row has another model provider than the rollout.',
    apply: home => {
      setRow(home, 'A', { model_provider: 'openai' });
    },
  },
  {
    name: 'db-source-exec',
    target: 'A',
    about: 'The row says that the thread was made by exec.',
    apply: home => {
      setRow(home, 'A', { source: 'exec' });
    },
  },
  {
    name: 'db-source-garbage',
    target: 'A',
    about: 'The row has a source that Codex does not know.',
    apply: home => {
      setRow(home, 'A', { source: 'zzz' });
    },
  },
  {
    name: 'db-preview-empty',
    target: 'A',
    about: 'Title, first message and preview of the row are empty.',
    apply: home => {
      setRow(home, 'A', { title: '', first_user_message: '', preview: '' });
    },
  },
  {
    name: 'db-name-cleared',
    target: 'N',
    about: 'The row has lost the name, session_index.jsonl still has it.',
    apply: home => {
      // The name is in one column or the other, depending on the release and the storage mode.
      setRow(home, 'N', { name: null, title: 'named thread message' });
    },
  },
  {
    name: 'index-name-cleared',
    target: 'N',
    about: 'session_index.jsonl is empty, the row still has the name.',
    apply: home => {
      writeFileSync(path.join(home.folder, 'session_index.jsonl'), '');
    },
  },
  {
    name: 'backfill-pending-row-deleted',
    target: 'A',
    about: 'A row is gone and the backfill is marked as not done yet.',
    apply: home => {
      deleteRow(home, 'A');
      withDatabase(stateDatabase(home), database => {
        const update = database.prepare(
          "UPDATE backfill_state SET status = 'pending', last_watermark = NULL",
        );
        requireChange(update.run().changes);
      });
    },
  },
  {
    name: 'db-future-updated',
    target: 'A',
    about: 'The time of the last change in the row is in the year 2100.',
    apply: home => {
      setRow(home, 'A', { updated_at: 4102444800 });
    },
  },
  {
    name: 'db-bad-id',
    target: 'BAD',
    about: 'A row has an id that is not a UUID.',
    apply: home => {
      copyRow(home, 'A', madeIds.BAD);
    },
  },
];
