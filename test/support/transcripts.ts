// Transcripts for tests: of rollouts whose lines a test writes, in a home of memory.

import { createEngine } from '../../src/engine/engine.ts';
import type { Transcript } from '../../src/engine/model/transcript.ts';
import type { World } from '../../src/engine/world.ts';
import { home, HOME, idOf, type HomeBuilder } from './home.ts';

/** The newest part of what was said in a thread, or the named one. */
export async function transcriptOf(
  builder: HomeBuilder,
  key = 'one',
  part: number | null = null,
): Promise<Transcript> {
  return readFrom(builder.build().world, key, part);
}

export async function readFrom(
  world: World,
  key: string,
  part: number | null = null,
): Promise<Transcript> {
  const engine = createEngine(world);
  const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const transcript = await engine.transcript(report, idOf(key), part);
  if (transcript === null) throw new Error(`there is no transcript of ${key}`);
  return transcript;
}

/** A thread of these lines behind the usual ones; each is the type of a line and its payload. */
export function homeOf(
  lines: readonly (readonly [type: string, payload: Readonly<Record<string, unknown>>])[],
): HomeBuilder {
  return home().thread('one', {
    prompt: null,
    more: lines.map(([type, payload]) => ({ type, payload })),
  });
}

/** An item as threads with paginated history hold it. */
export function item(
  type: string,
  fields: Readonly<Record<string, unknown>>,
): readonly [string, Readonly<Record<string, unknown>>] {
  return ['event_msg', { type: 'item_completed', item: { type, ...fields } }];
}

/** The entries as `kind about: text`, with line breaks as `|`. */
export function told({ entries }: Transcript): readonly string[] {
  return entries.map(({ kind, about, text }) =>
    `${kind}${about === null ? '' : ` ${about}`}: ${text}`.replaceAll('\n', '|'),
  );
}
