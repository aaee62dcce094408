// Lines of a rollout → entries of a transcript. Codex writes most things down twice, as what the
// model was told and as what it showed; here each is told once.

import type { Entry } from '../model/transcript.ts';
import { isObject, parseObject, textOf, type JsonObject } from '../scan/rollouts/rolloutLine.ts';
import type { PartLine } from './partLines.ts';
import { EVENTS, LINES, RESPONSE_ITEMS, TURN_ITEMS, type Said, type Tell } from './said.ts';
import { shortened } from './shortened.ts';

/** Kinds that are not known are counted; a damaged file may invent any number of them. */
const MOST_UNKNOWN = 20;

type Source = 'told' | 'shown';

export class Storyteller {
  readonly entries: Entry[] = [];
  instructions = 0;
  readonly #unknown = new Map<string, number>();
  /** What was told in one of the two ways and has not come in the other yet. */
  readonly #single = new Map<string, Source>();
  /** The tool of each call. */
  readonly #calls = new Map<string, string | null>();
  readonly #outputs = new Set<string>();
  /** Lines from this number on were taken back later. */
  readonly #until: number | null;
  #isBeyond = false;

  constructor(until: number | null) {
    this.#until = until;
  }

  get unknown(): readonly { readonly kind: string; readonly lines: number }[] {
    return [...this.#unknown].map(([kind, lines]) => ({ kind, lines }));
  }

  add({ text, offset, state }: PartLine): void {
    if (text.trim() === '') return;
    const record = state === 'too-long' ? null : parseObject(text);
    if (record === null) {
      const why = WHY_UNREADABLE[state];
      this.#tell({ kind: 'unreadable', about: `${why}, at byte ${String(offset)}`, text }, null);
      return;
    }
    const atMs = Date.parse(textOf(record['timestamp']) ?? '');
    const time = Number.isFinite(atMs) ? atMs : null;
    this.#noteBorder(record, time);
    const { kind, tell, item, source } = placeOf(record);
    if (tell === undefined) this.#countUnknown(kind);
    else for (const said of tell(item)) this.#hear(said, source, time);
    // The same words in another turn are other words.
    if (/^event_msg (?:task|turn)_/.test(kind)) this.#single.clear();
  }

  #noteBorder({ ordinal }: JsonObject, time: number | null): void {
    if (this.#until === null || this.#isBeyond) return;
    if (typeof ordinal !== 'number' || ordinal < this.#until) return;
    this.#isBeyond = true;
    const text = 'What follows in this file was taken back; the session goes on in another file.';
    this.#tell({ kind: 'note', text }, time);
  }

  #hear(said: Said, source: Source, time: number | null): void {
    if (said.kind === 'injected' && said.text === '') this.instructions += 1;
    else if (said.call !== undefined && said.call !== '') this.#hearCall(said, said.call, time);
    else if (!this.#isSecondTelling(said, source)) this.#tell(said, time);
  }

  #hearCall(said: Said, call: string, time: number | null): void {
    if (said.kind !== 'output') {
      if (this.#calls.has(call)) return;
      this.#calls.set(call, said.about ?? null);
      this.#tell(said, time);
      return;
    }
    if (this.#outputs.has(call) || said.text.trim() === '') return;
    this.#outputs.add(call);
    const about = this.#calls.get(call);
    this.#tell(about == null ? said : { ...said, about }, time);
  }

  #isSecondTelling({ kind, text }: Said, source: Source): boolean {
    if (kind !== 'person' && kind !== 'model' && kind !== 'reasoning') return false;
    const key = `${kind} ${text.trim()}`;
    const earlier = this.#single.get(key);
    if (earlier !== undefined && earlier !== source) {
      this.#single.delete(key);
      return true;
    }
    this.#single.set(key, source);
    return false;
  }

  #tell({ kind, about, text }: Said, atMs: number | null): void {
    this.entries.push({ kind, atMs, about: about ?? null, ...shortened(kind, text) });
  }

  #countUnknown(kind: string): void {
    const isNew = !this.#unknown.has(kind);
    const name = isNew && this.#unknown.size >= MOST_UNKNOWN ? 'others' : kind;
    this.#unknown.set(name, (this.#unknown.get(name) ?? 0) + 1);
  }
}

const WHY_UNREADABLE: Readonly<Record<PartLine['state'], string>> = {
  whole: 'A line that is no JSON object',
  'without-end': 'The last line, which is cut off',
  'too-long': 'A line of more than 8 MiB, which is not taken apart',
};

interface Place {
  readonly kind: string;
  readonly tell: Tell | undefined;
  readonly item: JsonObject;
  readonly source: Source;
}

/** Longer names of kinds are nobody's. */
const LONGEST_KIND = 60;

function placeOf(record: JsonObject): Place {
  const type = textOf(record['type']) ?? 'without a type';
  const payload = isObject(record['payload']) ? record['payload'] : {};
  const name = textOf(payload['type']) ?? 'without a type';
  if (type === 'response_item') return place(RESPONSE_ITEMS, type, name, payload, 'told');
  if (type !== 'event_msg') return place(LINES, '', type, payload, 'told');
  const item = payload['item'];
  if (name !== 'item_completed' || !isObject(item))
    return place(EVENTS, type, name, payload, 'shown');
  return place(TURN_ITEMS, name, textOf(item['type']) ?? 'without a type', item, 'shown');
}

function place(
  known: Readonly<Record<string, Tell>>,
  group: string,
  name: string,
  item: JsonObject,
  source: Source,
): Place {
  return {
    kind: `${group} ${name}`.trim().slice(0, LONGEST_KIND),
    tell: Object.hasOwn(known, name) ? known[name] : undefined,
    item,
    source,
  };
}
