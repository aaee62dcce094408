// How the beginning of a rollout is put right. Codex has noted at which byte each turn of a thread with
// paginated history begins: where that is known, the file gets the length that it had then, with spaces
// in its first line, so that all its places are right again. Codex says nothing when they are wrong.

import type { Projection } from '../../model/closerLook.ts';
import type { Bytes, Columns, EditStep, Splice } from '../../model/plan.ts';
import { bytesOfText, toArray } from '../../model/bytes.ts';
import { isWholeNumber, textOfLiteral } from '../../model/literal.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { ThreadId } from '../../model/words.ts';
import type { Objection } from '../check.ts';
import { editFile } from './curing.ts';

const MARK = '\xef\xbb\xbf';

/** Takes away what stands before the description of the thread. */
export function clearBeginning(
  rollout: Rollout,
  head: Bytes,
  projection: Projection | undefined,
): EditStep | Objection {
  const isMarked = head.startsWith(MARK);
  const lines = (isMarked ? head.slice(MARK.length) : head).split('\n');
  const at = lines.findIndex(line => isDescription(line));
  if (at < 0) return NOT_UNDERSTOOD;
  const kept = lines.slice(0, at).filter(line => isRecord(line));
  const old = head.slice(
    0,
    (isMarked ? MARK.length : 0) + lines.slice(0, at + 1).join('\n').length,
  );
  const rest = kept.map(line => `\n${line}`).join('');
  const cleared = rollout.bytes - old.length + (lines[at] ?? '').length + rest.length;
  const room = Math.max(0, missingTo(projection, cleared));
  return editFile(rollout, [
    { at: 0, before: old, after: `${withRoom(lines[at] ?? '', room)}${rest}` },
  ]);
}

/** Puts the id of the thread where the first line names another one. */
export function correctId(
  rollout: Rollout,
  head: Bytes,
  wrong: ThreadId,
  right: ThreadId,
): EditStep | Objection {
  const line = head.slice(0, lineEnd(head));
  const splices: Splice[] = [];
  for (const match of line.matchAll(/"(?:session_)?id"\s*:\s*"([^"]*)"/g)) {
    const [whole, id = ''] = match;
    if (id.toLowerCase() !== wrong || id.length !== right.length) continue;
    const at = match.index + whole.length - 1 - id.length;
    splices.push({ at, before: bytesOfText(id), after: bytesOfText(right) });
  }
  if (splices.length === 0) return NOT_UNDERSTOOD;
  const corrected = splices.reduce(
    (text, { at, after }) => text.slice(0, at) + after + text.slice(at + after.length),
    line,
  );
  return parsed(corrected)?.['id'] === right ? editFile(rollout, splices) : NOT_UNDERSTOOD;
}

/**
 * Adds to the first line what it lacks and the database knows, or writes it anew. `arePlacesNoted`: of
 * its turns or of forks, somewhere, so that every byte has to be where it was.
 */
export function completeFirstLine(
  rollout: Rollout,
  head: Bytes,
  row: Columns,
  projection: Projection | undefined,
  arePlacesNoted: boolean,
): EditStep | Objection {
  const known = describe(row);
  if (known === null) return NOT_UNDERSTOOD;
  if (arePlacesNoted && lengthNoted(projection) === null) return LENGTH_UNKNOWN;
  const line = head.slice(0, lineEnd(head));
  const payload = parsed(line);
  if (payload === null) {
    // Another kind of line stands first: the description is gone, and all else is there.
    if (!isRecord(line)) return NOT_UNDERSTOOD;
    const { timestamp, history_mode: mode } = known;
    const ordinal = mode === 'paginated' ? { ordinal: 0 } : {};
    const record = { timestamp, ...ordinal, type: 'session_meta', payload: known };
    const text = bytesOfText(JSON.stringify(record));
    const lineRoom = missingTo(projection, rollout.bytes + text.length + 1);
    if (lineRoom < 0) return NOT_UNDERSTOOD;
    return editFile(rollout, [{ at: 0, before: '', after: `${withRoom(text, lineRoom)}\n` }]);
  }
  const missing = Object.entries(known).filter(
    ([name, value]) => NEEDED.includes(name) && payload[name] === undefined && value !== undefined,
  );
  const at = /"payload"\s*:\s*\{/.exec(line);
  const isWrong = NEEDED.some(
    name => payload[name] !== undefined && typeof payload[name] !== 'string',
  );
  if (missing.length === 0 || at === null || isWrong) return NOT_UNDERSTOOD;
  const fields = missing.map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`,
  );
  const text = bytesOfText(fields.join(''));
  const room = missingTo(projection, rollout.bytes + text.length);
  if (room < 0) return NOT_UNDERSTOOD;
  return editFile(rollout, [
    { at: at.index + at[0].length, before: '', after: `${text}${' '.repeat(room)}` },
  ]);
}

/** How many bytes a file lacks to be as long as it was when Codex noted its places; 0 when it did not. */
function missingTo(projection: Projection | undefined, bytes: number): number {
  const noted = lengthNoted(projection);
  return noted === null ? 0 : noted - bytes;
}

function lengthNoted(projection: Projection | undefined): number | null {
  const noted = projection?.next ?? null;
  return noted !== null && isWholeNumber(noted) && noted !== '0' ? Number(noted) : null;
}

const NEEDED = ['id', 'timestamp', 'cwd', 'originator', 'cli_version'];

/** What the database knows of a thread, as the first line of its file says it. */
function describe(row: Columns) {
  const text = (column: string) => textOfLiteral(row[column]) ?? undefined;
  const [id, cwd] = [text('id'), text('cwd')];
  const createdAt = row['created_at_ms'];
  if (id === undefined || cwd === undefined || !isWholeNumber(createdAt)) return null;
  return {
    session_id: id,
    id,
    timestamp: new Date(Number(createdAt)).toISOString(),
    cwd,
    originator: text('originator') ?? 'codex',
    cli_version: text('cli_version') ?? '',
    source: sourceOf(text('source') ?? 'unknown'),
    model_provider: text('model_provider'),
    history_mode: text('history_mode') === 'paginated' ? 'paginated' : undefined,
  };
}

/** Of a sub-agent the database keeps the text of an object. */
function sourceOf(text: string): unknown {
  try {
    return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
  } catch {
    return text;
  }
}

export const NOT_UNDERSTOOD: Objection = {
  why: 'what stands at the beginning of the file is not understood well enough to change it',
  next: 'Nothing was changed. The lines behind it are as they were, and can be read.',
};

const LENGTH_UNKNOWN: Objection = {
  why: 'turns or forks begin at bytes of this file that Codex has noted, and how long its first line was could not be learnt',
  next: 'Nothing was changed. If you have a backup of the file, put that in its place.',
};

/** Spaces behind the record, where they belong to the line and mean nothing. */
function withRoom(line: Bytes, room: number): Bytes {
  const isCrlf = line.endsWith('\r');
  return (isCrlf ? line.slice(0, -1) : line) + ' '.repeat(room) + (isCrlf ? '\r' : '');
}

function isDescription(line: Bytes): boolean {
  const payload = parsed(line);
  return payload !== null && NEEDED.every(name => typeof payload[name] === 'string');
}

/** The payload of a line, when it is the description of a thread. */
function parsed(line: Bytes): Readonly<Record<string, unknown>> | null {
  const record = parse(line);
  const payload = record?.['payload'];
  if (record?.['type'] !== 'session_meta' || typeof payload !== 'object') return null;
  return payload as Record<string, unknown> | null;
}

function isRecord(line: Bytes): boolean {
  return typeof parse(line)?.['type'] === 'string';
}

function parse(line: Bytes): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(toArray(line))) as unknown;
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function lineEnd(head: Bytes): number {
  const end = head.indexOf('\n');
  return end < 0 ? head.length : end;
}
