// Starts a Codex on a host as it would be started there, and asks it nothing but where it keeps its things. It
// is ended by the end of its input, and whatever it has started ends with it.

import type { FreshServer } from '../../engine/model/host.ts';
import type { FreshStart } from '../../engine/world.ts';
import { lastWords } from '../appServer/lastWords.ts';
import type { HostRecord, Talk } from './talk.ts';

export interface FreshLimits {
  /** Until the shell has read its start-up files. */
  readonly beginMs: number;
  /** Until Codex has opened its databases. */
  readonly freshMs: number;
  /** Until it has ended, or was ended. */
  readonly endMs: number;
}

const ID = 1;
const INTRODUCTION = JSON.stringify({
  id: ID,
  method: 'initialize',
  params: {
    clientInfo: { name: 'codex-session-health', title: 'Codex Session Health', version: '0.0.0' },
  },
});

/** The shell there ends what has not ended by itself, within these seconds of its own. */
export async function askFreshServer(
  talk: Talk,
  start: FreshStart,
  limits: FreshLimits,
): Promise<FreshServer> {
  const { how, home, program } = start;
  const asked = { how, program: program ?? 'codex', codexHome: null };
  // The shell reads lines.
  if (/[\n\0]/.test(home + (program ?? '')))
    return { ...asked, why: 'its path cannot be told to a shell' };
  talk.send(`expected\n${home}\nprogram\n${program ?? ''}\nfresh\n${how}\n`);
  const readied = await talk.collect(['ready', 'asked'], limits.beginMs);
  const [verdict, found, real] = valuesOf(readied.records, 'ready') ?? [];
  if (verdict !== 'yes') {
    await endServer(talk, readied, limits);
    return { ...asked, why: whyNotStarted(verdict, readied) };
  }
  talk.send(`line\n${INTRODUCTION}\n`);
  // What it complains of is told when it has ended.
  const answered = await talk.collect(['answer', 'complaint', 'asked'], limits.freshMs);
  const ended = await endServer(talk, answered, limits);
  const records = [...answered.records, ...ended.records];
  const server = { how, program: found ?? asked.program };
  const codexHome = homeIn(valuesOf(records, 'answer')?.[0] ?? '');
  const trouble = answered.trouble ?? ended.trouble;
  if (codexHome === null)
    return { ...server, codexHome, why: whyNoAnswer(records, trouble?.why ?? null) };
  // Codex says it without links, and it is the same folder under both names.
  return { ...server, codexHome: codexHome === real ? home : codexHome, why: null };
}

/** Who waits for words there goes on to the next, however far it has come. */
async function endServer(talk: Talk, { records }: Heard, { endMs }: FreshLimits): Promise<Heard> {
  if (records.some(({ name }) => name === 'asked')) return { records: [], trouble: null };
  talk.send('end\n\n');
  return talk.collect(['asked'], endMs);
}

type Heard = Awaited<ReturnType<Talk['collect']>>;

function valuesOf(records: readonly HostRecord[], wanted: string): HostRecord['values'] | null {
  return records.find(({ name }) => name === wanted)?.values ?? null;
}

function whyNotStarted(verdict: string | null | undefined, { records, trouble }: Heard): string {
  if (verdict === 'other') return 'it would have used another home, and was not started';
  if (verdict === 'none') return 'no Codex was found there';
  return trouble?.why ?? sayGap(records) ?? 'its shell did not get so far';
}

function whyNoAnswer(records: readonly HostRecord[], trouble: string | null): string {
  const [complaint] = valuesOf(records, 'complaint') ?? [];
  if (trouble === null && typeof complaint === 'string') return `it said: ${lastWords(complaint)}`;
  return trouble ?? sayGap(records) ?? 'it ended without an answer';
}

function sayGap(records: readonly HostRecord[]): string | null {
  const [, seconds] = valuesOf(records, 'gap') ?? [];
  return typeof seconds === 'string' ? `it did not answer within ${seconds} seconds` : null;
}

function homeIn(line: string): string | null {
  try {
    const { id, result } = JSON.parse(line) as {
      readonly id?: unknown;
      readonly result?: { readonly codexHome?: unknown };
    };
    const home = id === ID ? result?.codexHome : null;
    return typeof home === 'string' ? home : null;
  } catch {
    return null;
  }
}
