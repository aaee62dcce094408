// Breaks some threads of a big home, in all ways that are common, turn by turn. The same home is broken
// in the same way each time.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

interface Row {
  readonly id: string;
  readonly rollout_path: string;
}

interface Broken extends Row {
  /** Changes columns of its row. */
  set(assignments: string): void;
}

const WAYS: readonly ((thread: Broken) => void)[] = [
  thread => thread.set("rollout_path = replace(rollout_path, 'rollout-', 'moved/rollout-')"),
  thread => thread.set('archived = 1 - archived'),
  thread => thread.set("model_provider = 'four'"),
  thread => thread.set("cwd = cwd || '-that-was'"),
  thread => thread.set("source = 'exec'"),
  thread => thread.set("preview = '', title = '', first_user_message = ''"),
  ({ id, rollout_path: file }) =>
    fs.renameSync(file, path.join(path.dirname(file), `conversation-${id}.jsonl`)),
  ({ rollout_path: file }) => fs.writeFileSync(file, `\ufeff${fs.readFileSync(file, 'utf8')}`),
  ({ rollout_path: file }) => fs.rmSync(file),
];

/** Every so many threads one is broken, until there are as many as are wanted. */
export function breakThreads(home: string, wanted: number): void {
  const database = new DatabaseSync(path.join(home, 'state_5.sqlite'));
  const rows = database
    .prepare('SELECT id, rollout_path FROM threads ORDER BY id')
    .all() as unknown as Row[];
  const every = Math.floor(rows.length / wanted);
  const remove = database.prepare('DELETE FROM threads WHERE id = ?');
  database.exec('BEGIN');
  for (let index = 0; index < wanted; index += 1) {
    const row = rows[index * every];
    if (row === undefined) throw new Error('there are fewer threads than shall be broken');
    const set = (assignments: string) =>
      database.exec(`UPDATE threads SET ${assignments} WHERE id = '${row.id}'`);
    const way = WAYS[index % (WAYS.length + 1)];
    if (way === undefined) remove.run(row.id);
    else way({ ...row, set });
  }
  database.exec('COMMIT');
  database.close();
}
