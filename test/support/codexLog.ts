// A log as Codex 0.142 to 0.169 write it: each server notes its host once, and each thread that it loads.

import { sql } from './memoryWorld.ts';
import { NOW } from './home.ts';

export interface LoggedServer {
  readonly host: string | null;
  readonly thread: string;
  /** Who asked it, when that is noted. */
  readonly client?: string;
  readonly atMs?: number;
}

/** One server for each pair, in the order in which they ran. */
export function logOf(
  servers: readonly (LoggedServer | readonly [host: string | null, thread: string])[],
): Uint8Array {
  const database = new sql.Database();
  database.run(
    `CREATE TABLE logs (id INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER NOT NULL, ts_nanos INTEGER NOT NULL,
      level TEXT NOT NULL, target TEXT NOT NULL, feedback_log_body TEXT, module_path TEXT, file TEXT,
      line INTEGER, thread_id TEXT, process_uuid TEXT, estimated_bytes INTEGER NOT NULL DEFAULT 0)`,
  );
  for (const [index, server] of servers.entries()) {
    const { host, thread, client, atMs }: LoggedServer =
      'thread' in server ? server : { host: server[0], thread: server[1] };
    const seconds = Math.floor((atMs ?? NOW + index * 1000) / 1000);
    const process = `pid:${String(100 + index)}:uuid-${String(index)}`;
    const note = (target: string, body: string, of: string | null) =>
      database.run(
        `INSERT INTO logs (ts, ts_nanos, level, target, feedback_log_body, thread_id, process_uuid) VALUES (?, 0, 'INFO', ?, ?, ?, ?)`,
        [seconds, target, body, of, process],
      );
    if (host !== null)
      note(
        'codex_app_server_transport::transport::remote_control::websocket',
        `app-server remote control websocket loop started installation_id=x server_name=${host} initial_desired_state=Unknown`,
        null,
      );
    note('codex_core::anything', 'somebody wrote server_name=nobody here', null);
    const asked = `app_server.request{otel.name="thread/start" app_server.client_name="${client ?? 'codex_vscode'}"}`;
    note('codex_core::session::turn', `${asked}: turn server_name=nobody`, thread);
  }
  return database.export();
}
