import zlib from 'node:zlib';
import { idOf, PROJECT } from './home.ts';

/** The compressed file of a thread, as little as Codex needs to list it. */
export function packedRollout(key: string, mode: 'legacy' | 'paginated' = 'paginated'): Uint8Array {
  const timestamp = '2026-11-21T11:00:00.000Z';
  const header = {
    ...{ id: idOf(key), timestamp, cwd: PROJECT, originator: 'test', cli_version: '0.169.0' },
    ...{ source: 'vscode', model_provider: 'mock', history_mode: mode },
  };
  const item = { type: 'UserMessage', content: [{ type: 'text', text: `please do ${key}` }] };
  const lines = [
    { timestamp, ordinal: 0, type: 'session_meta', payload: header },
    { timestamp, ordinal: 1, type: 'turn_context', payload: { cwd: PROJECT } },
    { timestamp, ordinal: 2, type: 'event_msg', payload: { type: 'item_completed', item } },
  ];
  return zlib.zstdCompressSync(lines.map(line => `${JSON.stringify(line)}\n`).join(''));
}
