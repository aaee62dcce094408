// "I know; stop telling me." A finding that a person has accepted counts nowhere until its facts
// change. What was accepted is kept outside every Codex home, in one file for each of them.

import type { Finding } from './model/finding.ts';
import type { Home } from './model/snapshot.ts';
import type { Json } from './model/words.ts';
import { Refusal } from './refusal.ts';
import type { World } from './world.ts';

export interface Acceptance {
  /** The id of the finding. */
  readonly finding: string;
  /** What it said when it was accepted. */
  readonly says: string;
  /** Fingerprint of what made it: other facts are another matter. */
  readonly facts: string;
  readonly acceptedAtMs: number;
}

type Hash = World['hash'];

export async function readAcceptances(world: World, home: Home): Promise<readonly Acceptance[]> {
  const read = await world.keep.read(nameOf(home));
  const kept = read.ok ? parse(read.value) : null;
  if (kept !== null) return kept;
  const why = read.ok ? 'it is not what this program writes' : read.trouble.why;
  throw new Refusal(
    'acceptances-unreadable',
    `What you have accepted for this home could not be read: ${why}.`,
    'Put the file right or move it away; until then accepted findings are shown as if they were new.',
  );
}

export async function writeAcceptances(
  world: World,
  home: Home,
  acceptances: readonly Acceptance[],
): Promise<void> {
  const written = await world.keep.write(nameOf(home), format(home, acceptances), [
    home.path,
    home.sqliteHome,
  ]);
  if (!written.ok)
    throw new Refusal(
      'acceptances-not-written',
      `What you accepted could not be kept: ${written.trouble.why}.`,
      'Nothing was changed. Make that place writable, or name another state directory with XDG_STATE_HOME.',
    );
}

/** Accepts findings, on top of what was accepted before. */
export function accept(
  before: readonly Acceptance[],
  findings: readonly Finding[],
  nowMs: number,
  hash: Hash,
): readonly Acceptance[] {
  const ids = new Set(findings.map(({ id }) => id));
  const fresh = findings.map(finding => ({
    finding: finding.id,
    says: finding.says,
    facts: fingerprint(finding, hash),
    acceptedAtMs: nowMs,
  }));
  return [...before.filter(({ finding }) => !ids.has(finding)), ...fresh];
}

/** The findings, each marked with whether it is accepted as it is now. */
export function markAccepted(
  findings: readonly Finding[],
  acceptances: readonly Acceptance[],
  hash: Hash,
): readonly Finding[] {
  if (acceptances.length === 0) return findings;
  const byId = new Map(acceptances.map(acceptance => [acceptance.finding, acceptance.facts]));
  return findings.map(finding =>
    byId.has(finding.id)
      ? { ...finding, accepted: byId.get(finding.id) === fingerprint(finding, hash) }
      : finding,
  );
}

/** A finding that has become graver is another matter as well. */
function fingerprint({ check, severity, facts }: Finding, hash: Hash): string {
  return hash(JSON.stringify(inOrder([check, severity, facts])));
}

/** The same facts have the same text, in whatever order a check names them. */
function inOrder(value: Json): Json {
  if (isList(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, inOrder(part)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function nameOf({ key }: Home): string {
  return `accepted/${key}.json`;
}

function format(home: Home, acceptances: readonly Acceptance[]): string {
  const accepted = acceptances.map(({ finding, says, facts, acceptedAtMs }) => ({
    finding,
    says,
    facts,
    at: new Date(acceptedAtMs).toISOString(),
  }));
  return `${JSON.stringify({ schemaVersion: 1, home: home.path, accepted }, null, 2)}\n`;
}

interface Kept {
  readonly schemaVersion?: unknown;
  readonly accepted?: unknown;
}

/** Null for a text that is not ours: it must not be overwritten as if nothing had been kept. */
function parse(text: string | null): readonly Acceptance[] | null {
  if (text === null) return [];
  try {
    const kept = JSON.parse(text) as Kept | null;
    if (kept?.schemaVersion !== 1 || !Array.isArray(kept.accepted)) return null;
    const acceptances = kept.accepted.map(asAcceptance);
    return acceptances.every(one => one !== null) ? acceptances : null;
  } catch {
    return null;
  }
}

function asAcceptance(kept: unknown): Acceptance | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const { finding, says, facts, at } = kept as Readonly<Record<string, unknown>>;
  const acceptedAtMs = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (typeof finding !== 'string' || typeof facts !== 'string' || Number.isNaN(acceptedAtMs))
    return null;
  return { finding, facts, acceptedAtMs, says: typeof says === 'string' ? says : '' };
}
