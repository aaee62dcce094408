// Takes a turn in a thread of a home whenever it is told to: lines behind each other in the rollout, and
// then the row, through SQLite and its log, which stays open as Codex keeps it. Says what it has done.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { DatabaseSync } from 'node:sqlite';

const [, , home = ''] = process.argv;
const database = new DatabaseSync(path.join(home, 'state_5.sqlite'), { timeout: 5000 });
const threads = database
  .prepare("SELECT id, rollout_path AS file, cwd FROM threads WHERE archived = 0 AND cwd <> ''")
  .all();
const update = database.prepare(
  'UPDATE threads SET updated_at = ?, updated_at_ms = ?, tokens_used = tokens_used + 900 WHERE id = ?',
);
let turn = 0;

for await (const _ of readline.createInterface({ input: process.stdin })) {
  const thread = threads[(turn * 7919) % threads.length];
  turn += 1;
  for (const payload of [
    { type: 'task_started', turn_id: thread.id },
    { type: 'user_message', message: `question ${turn}`, images: [] },
    { type: 'agent_reasoning', text: 'thinking '.repeat(200) },
    { type: 'agent_message', message: 'an answer of some length. '.repeat(80) },
    { type: 'token_count', info: { total_token_usage: { total_tokens: 900 * turn } } },
    { type: 'task_complete', turn_id: thread.id },
  ]) {
    const line = { timestamp: new Date().toISOString(), type: 'event_msg', payload };
    fs.appendFileSync(thread.file, `${JSON.stringify(line)}\n`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  const atMs = Date.now();
  update.run(Math.floor(atMs / 1000), atMs, thread.id);
  process.stdout.write(`${JSON.stringify({ project: thread.cwd, atMs })}\n`);
}
