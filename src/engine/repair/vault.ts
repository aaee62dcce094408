// Where repairs are written down before they are done: one folder for each, with its plan, a journal,
// and the files that it took out of the home. What is written there is never changed, only added to.

import type { Left, Plan, Receipt } from '../model/plan.ts';
import type { FilePath } from '../model/words.ts';
import type { Hands } from '../hands.ts';
import { Refusal } from '../refusal.ts';
import type { World } from '../world.ts';
import { homesMadeBy } from './split/wish.ts';

/** What a journal holds, a line each. */
export type Note =
  /** What the plan would do, in words; journals of early versions do not begin with it. */
  | { readonly note: 'planned'; readonly says: readonly string[] }
  /** These units are begun; they are named by their places in the plan. */
  | { readonly note: 'begun'; readonly units: readonly number[] }
  | { readonly note: 'failed'; readonly unit: number; readonly why: string }
  | { readonly note: 'applied'; readonly receipt: Receipt }
  | { readonly note: 'undoing'; readonly at: string }
  | { readonly note: 'undone'; readonly at: string; readonly left: readonly Left[] };

/** Without its plan, which can be a hundred times as long as everything else that is told of it. */
export interface Repair {
  readonly id: string;
  readonly folder: FilePath;
  /** When it was begun. */
  readonly at: string;
  readonly notes: readonly Note[];
}

export type RepairState = 'interrupted' | 'applied' | 'undone';

/** One that was not brought to its end, forwards or backwards, is interrupted. */
export function stateOf({ notes }: Pick<Repair, 'notes'>): RepairState {
  const last = notes.findLast(({ note }) => note === 'applied' || note.startsWith('und'));
  if (last?.note === 'applied') return 'applied';
  return last?.note === 'undone' ? 'undone' : 'interrupted';
}

export function receiptOf({ notes }: Repair): Receipt | null {
  const applied = notes.find(one => one.note === 'applied');
  return applied?.note === 'applied' ? applied.receipt : null;
}

const REPAIRS = 'vault';
/** Repairs that are on their way out; nobody looks for any here. */
const DROPPED = 'dropped';
const PLAN = 'plan.json';
const JOURNAL = 'journal.jsonl';
/** How a plan begins and ends when all of it has been written. */
const PLAN_HEAD = /^\{"schemaVersion":1,"at":"([^"]+)","plan":\{/;
const PLAN_HEAD_BYTES = 128;
const PLAN_END = '}}';
/** How a journal ends when its repair is at its end; no text in a note holds a bare quotation mark. */
const LAST_NOTE = /,"note":"(?:applied|undone)"\}\n$/;
const LAST_NOTE_BYTES = 64;
const KEPT_FILES = 'files';
const MAX_BYTES = 1024 * 1024 * 1024;

export class Vault {
  readonly folder: FilePath;
  readonly #world: World;
  readonly #hands: Hands;

  /** `folder`: our own one in the Codex home, or where else a person wants it. */
  constructor(world: World, hands: Hands, folder: FilePath) {
    this.#world = world;
    this.#hands = hands;
    this.folder = folder;
  }

  keptFiles(folder: FilePath): FilePath {
    return this.#world.machine.join(folder, KEPT_FILES);
  }

  /** Every repair that was written down, the oldest first. No plan is read for it. */
  async repairs(): Promise<readonly Repair[]> {
    const repairs = await Promise.all((await this.#ids()).map(id => this.#read(id)));
    return repairs.filter(repair => repair !== null);
  }

  /** The repair that a stop has left in the middle. Asked at every scan: of the others only ends are read. */
  async interrupted(): Promise<string | null> {
    for (const id of await this.#ids()) {
      const folder = this.#join(REPAIRS, id);
      if ((await this.#begunAt(folder)) === null || (await this.#isAtItsEnd(folder))) continue;
      if (stateOf({ notes: await this.#notesOf(folder) }) === 'interrupted') return id;
    }
    return null;
  }

  /** What a repair was to do, as it was written down before. */
  async planOf({ folder }: Pick<Repair, 'folder'>): Promise<Plan> {
    const file = this.#world.machine.join(folder, PLAN);
    const read = await this.#world.files.whole(file, MAX_BYTES);
    if (!read.ok) throw unreadable(file, read.trouble.why);
    const plan = parsePlan(read.value);
    if (plan === null) throw unreadable(file, NOT_AS_WRITTEN);
    return plan;
  }

  /** What a repair was to do, in words. */
  async saysOf(repair: Repair): Promise<readonly string[]> {
    const planned = repair.notes.find(one => one.note === 'planned');
    return planned?.says ?? sayPlan(await this.planOf(repair));
  }

  /** Writes the plan down; only then may something be changed. */
  async begin(plan: Plan): Promise<Repair> {
    const now = this.#world.now();
    const at = new Date(now).toISOString();
    const id = `${stampAfter((await this.#ids()).at(-1), now)}-${this.#hands.unique()}`;
    const folder = this.#join(REPAIRS, id);
    await this.#hands.makeFolder(this.keptFiles(folder));
    const planned: Note = { note: 'planned', says: sayPlan(plan) };
    await this.#hands.create(
      this.#world.machine.join(folder, JOURNAL),
      new TextEncoder().encode(lineOf(planned)),
      null,
    );
    await this.#hands.create(
      this.#world.machine.join(folder, PLAN),
      // It begins and ends so that both can be recognised without the rest: see `#begunAt`.
      new TextEncoder().encode(JSON.stringify({ schemaVersion: 1, at, plan })),
      null,
    );
    return { id, folder, at, notes: [planned] };
  }

  async note({ folder }: Pick<Repair, 'folder'>, ...notes: readonly Note[]): Promise<void> {
    const lines = notes.map(lineOf).join('');
    // A stop may have left half a line, which nothing may be joined to.
    const journal = this.#world.machine.join(folder, JOURNAL);
    const state = await this.#world.files.stat(journal);
    const size = state.ok ? state.value.bytes : 0;
    const last = size === 0 ? null : await this.#world.files.range(journal, size - 1, 1);
    const isCut = last?.ok === true && last.value[0] !== 0x0a;
    const text = isCut ? `\n${lines}` : lines;
    await this.#hands.append(journal, new TextEncoder().encode(text));
  }

  /** How many bytes each repair takes, by its id. */
  async sizes(): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    const tree = await this.#world.files.tree(this.#join(REPAIRS));
    for (const { path, file, kind } of tree.ok ? tree.value.entries : []) {
      const state = kind === 'file' ? await this.#world.files.stat(file) : null;
      const [id = ''] = path.split('/');
      if (state?.ok === true) sizes.set(id, (sizes.get(id) ?? 0) + state.value.bytes);
    }
    return sizes;
  }

  /** The names of the files that a repair has taken out of the home, or has written down beside its plan. */
  async filesKept({ folder }: Repair): Promise<readonly string[]> {
    const listed = await this.#world.files.list(this.keptFiles(folder));
    if (listed.ok) return listed.value.map(({ path }) => path).sort();
    if (listed.trouble.code === 'missing') return [];
    throw unreadable(this.keptFiles(folder), listed.trouble.why);
  }

  /**
   * Forgets a repair and what was kept for it. It is put aside in one step before anything of it goes, so
   * that a stop leaves it as a whole, or gone.
   */
  async drop(id: string): Promise<void> {
    await this.#hands.makeFolder(this.#join(DROPPED));
    await this.#hands.renameOwnFolder(this.#join(REPAIRS, id), this.#join(DROPPED, id));
    await this.#hands.removeOwnFolder(this.#join(DROPPED), id);
  }

  /** Removes what a stop has left of repairs that were dropped. */
  async clearDropped(): Promise<void> {
    const listed = await this.#world.files.list(this.#join(DROPPED));
    for (const { path } of listed.ok ? listed.value : [])
      await this.#hands.removeOwnFolder(this.#join(DROPPED), path);
  }

  async #ids(): Promise<readonly string[]> {
    const listed = await this.#world.files.list(this.#join(REPAIRS));
    if (listed.ok) return listed.value.map(({ path }) => path).sort();
    if (listed.trouble.code === 'missing') return [];
    throw unreadable(this.#join(REPAIRS), listed.trouble.why);
  }

  async #read(id: string): Promise<Repair | null> {
    const folder = this.#join(REPAIRS, id);
    const at = await this.#begunAt(folder);
    return at === null ? null : { id, folder, at, notes: await this.#notesOf(folder) };
  }

  /**
   * When a repair was begun; null without a plan, since nothing was ever done then. Of the plan only both
   * ends are looked at: one that was cut off is named before it is needed.
   */
  async #begunAt(folder: FilePath): Promise<string | null> {
    const file = this.#world.machine.join(folder, PLAN);
    const plan = await this.#world.files.ends(file, PLAN_HEAD_BYTES, PLAN_END.length);
    if (!plan.ok && plan.trouble.code === 'missing') return null;
    if (!plan.ok) throw unreadable(file, plan.trouble.why);
    const decoder = new TextDecoder();
    const [, at] = PLAN_HEAD.exec(decoder.decode(plan.value.head)) ?? [];
    if (at === undefined || !decoder.decode(plan.value.tail).endsWith(PLAN_END))
      throw unreadable(file, NOT_AS_WRITTEN);
    return at;
  }

  async #notesOf(folder: FilePath): Promise<readonly Note[]> {
    const journal = this.#world.machine.join(folder, JOURNAL);
    const read = await this.#world.files.whole(journal, MAX_BYTES);
    // One that is there and says nothing could make what was done look as if it had never been.
    if (!read.ok && read.trouble.code !== 'missing') throw unreadable(journal, read.trouble.why);
    const lines = read.ok ? new TextDecoder().decode(read.value).split('\n') : [];
    return lines.flatMap(parseNote);
  }

  /** Whether the last note says so. Where this is false, only all notes can tell. */
  async #isAtItsEnd(folder: FilePath): Promise<boolean> {
    const journal = this.#world.machine.join(folder, JOURNAL);
    const read = await this.#world.files.ends(journal, 0, LAST_NOTE_BYTES);
    return read.ok && LAST_NOTE.test(new TextDecoder().decode(read.value.tail));
  }

  #join(...parts: readonly string[]): FilePath {
    return this.#world.machine.join(this.folder, ...parts);
  }
}

/**
 * The moment in a repair's name. Repairs are undone in the order of their names, so one that is begun in
 * the second of the newest, or after a clock was set back, is named after the second that follows.
 */
function stampAfter(newest: string | undefined, now: number): string {
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-.*$/;
  const stamped = Date.parse((newest ?? '').replace(stamp, '$1-$2-$3T$4:$5:$6Z'));
  const moment = Number.isNaN(stamped) ? now : Math.max(now, stamped + 1000);
  return new Date(moment).toISOString().replace(/[-:]|\.\d+/g, '');
}

function parsePlan(bytes: Uint8Array): Plan | null {
  try {
    const { plan } = JSON.parse(new TextDecoder().decode(bytes)) as { plan: Plan };
    return Array.isArray(plan.units) ? plan : null;
  } catch {
    return null;
  }
}

/** Cures of one kind are said once, with their number; a split is one thing, whatever its parts are. */
function sayPlan({ units }: Plan): readonly string[] {
  const homes = homesMadeBy({ units });
  const threads = units.flatMap(({ part = [] }) => part).length;
  if (homes.length > 0) {
    const names = homes.map(({ host }) => host).join(', ');
    return [`Split into a Codex home for each host: ${names}; threads moved: ${String(threads)}`];
  }
  const counts = new Map<string, number>();
  for (const { cure } of units) counts.set(cure.title, (counts.get(cure.title) ?? 0) + 1);
  return [...counts].map(([title, count]) =>
    count === 1 ? title : `${title} (${String(count)} times)`,
  );
}

const NOT_AS_WRITTEN = 'it is not what was written';

/** Without what was written down nothing can be put back, and nothing new may be begun. */
function unreadable(path: FilePath, why: string): Refusal {
  return new Refusal(
    'vault-unreadable',
    `What was written down of earlier repairs cannot be read: ${path}: ${why}.`,
    'Put it right, or move that folder out of the vault if you no longer want to undo that repair.',
  );
}

/** What kind of note it is comes last: a receipt before it can name ten thousand threads. */
function lineOf({ note, ...said }: Note): string {
  return `${JSON.stringify({ ...said, note })}\n`;
}

/** A line that a stop cut off was never acted upon. */
function parseNote(line: string): readonly Note[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as Note];
  } catch {
    return [];
  }
}
