import { defineCheck } from './check.ts';

export default defineCheck({
  id: 'thread-row-missing',
  title: 'Thread is not in the database',
  meaning: `The conversation is on disk, in full, and Codex's database has no entry for it.
Surfaces that list from the database, such as Codex for VS Code, do not show it; those that look
through the files do. Nothing is lost. Codex adds the entry by itself when something lists the
threads by looking through the files.`,
  severity: 'warning',
  needs: { 'state-database': 'whole', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect({ state, threads }) {
    if (state === null) return;
    for (const { id, row, own } of threads) {
      if (row !== null || own?.head.state !== 'sound' || own.name?.id !== id) continue;
      yield {
        subject: { kind: 'thread', key: id, path: own.path },
        facts: { file: own.path, archived: own.place === 'archived_sessions' },
        threads: [id],
      };
    }
  },
  say: ({ file }) =>
    `The conversation is on disk (${file}), and the database has no entry for it: lists that are read from the database do not show it.`,
});
