// Which Codexes on this machine cannot read what others have written, and whose work that is.
// Measured with 0.111, 0.117, 0.121, 0.128, 0.135, 0.142, 0.150, 0.160 and 0.169.

import type { Subject } from '../../model/finding.ts';
import type { Codex, Snapshot } from '../../model/snapshot.ts';
import type { ThreadId } from '../../model/words.ts';
import { judgedThreads } from './causes.ts';
import { countOf } from '../words.ts';

/**
 * Since when Codex reads threads with paginated history: 0.142 opens them without a single message,
 * and leaves them out of the lists that look through files; 0.150 is right. The notes of 0.146 name
 * the change.
 */
const READS_PAGINATED = '0.146';
/** Since when Codex reads compressed files: 0.135 does not, 0.142 does; openai/codex #34337. */
const READS_COMPRESSED = '0.137';

export interface OlderCodex {
  readonly codex: Codex;
  readonly version: string;
  readonly subject: Subject;
  readonly paginated: readonly ThreadId[];
  readonly compressed: readonly ThreadId[];
  /** The newest Codex here that reads all of it; null when there is none. */
  readonly reader: string | null;
}

export function olderCodexes(snapshot: Snapshot): readonly OlderCodex[] {
  const { codexes } = snapshot;
  const { paginated, compressed } = demandingThreads(snapshot);
  const found = codexes.flatMap(codex => {
    const { version } = codex;
    if (version === null) return [];
    const blind = {
      paginated: isOlder(version, READS_PAGINATED) ? paginated : [],
      compressed: isOlder(version, READS_COMPRESSED) ? compressed : [],
    };
    if (blind.paginated.length + blind.compressed.length === 0) return [];
    return [{ codex, version, subject: codexSubject(codex, version, codexes), ...blind }];
  });
  const readers = codexes
    .flatMap(({ version }) => version ?? [])
    .filter(version => !found.some(older => older.version === version))
    .sort((one, other) => (isOlder(one, other) ? 1 : -1));
  return found.map(older => ({ ...older, reader: readers[0] ?? null }));
}

/** Versions here that would drop what is compressed from their lists, and delete its entries. */
export function codexesBlindToCompressed({ codexes }: Snapshot): readonly string[] {
  const blind = codexes
    .flatMap(({ version }) => version ?? [])
    .filter(version => isOlder(version, READS_COMPRESSED));
  return [...new Set(blind)].sort((one, other) => (isOlder(one, other) ? -1 : 1));
}

export function whatItCannotRead(paginated: number, compressed: number): readonly string[] {
  return [
    ...(paginated > 0 ? [`${countOf(paginated, 'conversation')} with paginated history`] : []),
    ...(compressed > 0 ? [`${countOf(compressed, 'compressed conversation')}`] : []),
  ];
}

function demandingThreads(snapshot: Snapshot) {
  const paginated: ThreadId[] = [];
  const compressed: ThreadId[] = [];
  for (const { thread, file } of judgedThreads(snapshot)) {
    if (file?.head.meta?.historyMode === 'paginated') paginated.push(thread.id);
    if (file?.compressed === true) compressed.push(thread.id);
  }
  return { paginated, compressed };
}

function codexSubject(codex: Codex, version: string, codexes: readonly Codex[]): Subject {
  const isShared = codexes.some(other => other !== codex && other.version === version);
  const key = isShared ? `${version}@${shortHash(codex.path)}` : version;
  return { kind: 'codex', key, path: codex.path };
}

/** FNV-1a: tells two paths apart in a key, and is no secret. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function isOlder(version: string, than: string): boolean {
  const [one, other] = [numbersOf(version), numbersOf(than)];
  for (let place = 0; place < 3; place += 1) {
    const difference = (one[place] ?? 0) - (other[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** `0.170.0-alpha.3` counts as what it will be. */
function numbersOf(version: string): readonly number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}
