// Takes a repair back: after it was done, or because a stop left it in the middle.

import { Hindered, type Hands } from '../hands.ts';
import type { Left, Plan, Step, Unit } from '../model/plan.ts';
import { Refusal } from '../refusal.ts';
import { AT_ONCE, groupsOf, turnsOf, type Begun, type Progress, type Turn } from './groups.ts';
import { handlerOf } from './steps/index.ts';
import { groundOf, type Site } from './site.ts';
import { forget } from './remembered.ts';
import type { FilePath } from '../model/words.ts';
import type { Ground } from './steps/step.ts';
import { stoppedRepairs } from './stopped.ts';
import { undoSteps } from './stepsTogether.ts';
import { stateOf, type Repair } from './vault.ts';

export interface Undone {
  readonly receipt: string;
  /** How many units were taken back. */
  readonly undone: number;
  readonly left: readonly Left[];
}

/** Refuses where what a plan did must not be taken back just now. */
export type MayTakeBack = (plan: Plan) => void | Promise<void>;

/** Brings every repair that a stop has left in the middle back to where it began. */
export async function recover(
  site: Site,
  mayTakeBack: MayTakeBack = () => undefined,
): Promise<readonly Undone[]> {
  const undone: Undone[] = [];
  for (const repair of await stoppedRepairs(site))
    undone.push(await takeBack(site, repair, () => undefined, mayTakeBack));
  return undone;
}

export async function takeBack(
  site: Site,
  repair: Repair,
  progress: Progress = () => undefined,
  mayTakeBack: MayTakeBack = () => undefined,
): Promise<Undone> {
  const { vault, world } = site;
  const now = () => new Date(world.now()).toISOString();
  const plan = await vault.planOf(repair);
  await mayTakeBack(plan);
  // One that was stopped is known to be so without a note, for which there may be no room.
  if (stateOf(repair) === 'applied') await vault.note(repair, { note: 'undoing', at: now() });
  const ground = groundOf(site, repair);
  const left: Left[] = [];
  const failed: Left[] = [];
  const units = begunUnits(repair, plan).toReversed();
  let whole = 0;
  for (let from = 0; from < units.length; from += AT_ONCE) {
    for (const group of groupsOf(units.slice(from, from + AT_ONCE)))
      whole += await undoGroup(group, ground, left, failed);
    progress(Math.min(from + AT_ONCE, units.length), units.length, 'undoing');
  }
  if (failed.length > 0) throw unfinished(failed);
  // Where this fails it is not at its end, and is gone on with by whoever comes next.
  await forget(site, repair);
  await vault.note(repair, { note: 'undone', at: now(), left });
  return { receipt: repair.id, undone: whole, left };
}

interface BegunUnit extends Begun {
  readonly what: Unit;
}

/** Says how many units do not stay as they are because something of them was changed since. */
async function undoGroup(
  group: readonly BegunUnit[],
  ground: Ground,
  left: Left[],
  failed: Left[],
): Promise<number> {
  const standing = await standingOf(group, ground);
  left.push(...standing.values());
  // The last step of each unit is put back first.
  const going = group
    .filter(unit => !standing.has(unit))
    .map(unit => ({
      ...unit,
      steps: backwards(unit.steps),
    }));
  const staying = new Staying();
  for (let index = 0; turnsOf(going, index).length > 0; index += 1) {
    const turns = turnsOf(going, index).filter(({ step }) => !staying.has(step));
    const answers = await undoTurns(turns, ground, false);
    for (const [at, { step }] of turns.entries()) {
      const { left: stays = [], error = null } = answers[at] ?? {};
      left.push(...stays);
      if (error !== null) failed.push(error);
      if (error !== null || stays.length > 0) staying.add(step);
    }
  }
  return going.length;
}

/** Takes back what one unit has done; its steps are given in their order. */
export async function undoAll(steps: readonly Step[], ground: Ground): Promise<readonly Left[]> {
  const left: Left[] = [];
  const staying = new Staying();
  for (const step of backwards(steps)) {
    if (staying.has(step)) continue;
    const stays = await handlerOf(step).undo(step, ground);
    if (stays.length > 0) staying.add(step);
    left.push(...stays);
  }
  return left;
}

/**
 * Steps that could not be taken back. The log of a database stays where its database stays: beside another
 * one SQLite would write the old pages into it.
 */
class Staying {
  readonly #databases = new Set<FilePath>();

  add(step: Step): void {
    if (step.kind === 'move') this.#databases.add(step.from);
  }

  has(step: Step): boolean {
    return step.kind === 'move' && this.#databases.has(step.from.replace(LOG, ''));
  }
}

/** The units that are undone whole or not at all, and of which something has been changed since. */
async function standingOf(
  group: readonly BegunUnit[],
  ground: Ground,
): Promise<ReadonlyMap<BegunUnit, Left>> {
  const turns = group
    .filter(({ what }) => what.undoneWhole !== undefined)
    .flatMap(of => of.steps.map((step, index) => ({ of, step, index })))
    // Whether a file can be moved back or unmade shows when what was done in it is undone.
    .filter(({ step }) => step.kind === 'edit' || step.kind === 'rows' || isElsewhere(step));
  const answers = await undoTurns(turns, { ...ground, hands: tied(ground.hands) }, true);
  // What could not be looked at is not half undone.
  const failed = answers.flatMap(({ error }) => error ?? []);
  if (failed.length > 0) throw unfinished(failed);
  const standing = new Map<BegunUnit, Left>();
  for (const [at, { of }] of turns.entries()) {
    const [first] = answers[at]?.left ?? [];
    if (first === undefined || standing.has(of)) continue;
    const { says, undoneWhole = '' } = of.what;
    const why = `${first.why} (${first.what}); ${undoneWhole}`;
    standing.set(of, { what: says.replace(/\.$/, ''), why });
  }
  return standing;
}

/** A conversation that is in another home by now may have been gone on with there. */
function isElsewhere(step: Step): boolean {
  return step.kind === 'move' && 'file' in step.to;
}

/** The last step first; but a log comes back when its database has, in whatever order they went. */
function backwards(steps: readonly Step[]): readonly Step[] {
  return steps.toReversed().toSorted((one, other) => Number(isLog(one)) - Number(isLog(other)));
}

function isLog(step: Step): boolean {
  return step.kind === 'move' && LOG.test(step.from);
}

const LOG = /-(?:wal|shm)$/;

interface Unmade {
  readonly left: readonly Left[];
  /** What could not even be tried. */
  readonly error: Left | null;
}

async function undoTurns(
  turns: readonly Turn<BegunUnit>[],
  ground: Ground,
  isRehearsal: boolean,
): Promise<readonly Unmade[]> {
  const unmade = new Set<Step>();
  for (const { step, of } of turns)
    if (await isStillUnmade(step, of.what, ground)) unmade.add(step);
  const steps = turns.map(({ step }) => step).filter(step => !unmade.has(step));
  const answers = await undoSteps(steps, ground, isRehearsal);
  const answerOf = new Map(steps.map((step, at) => [step, answers[at]]));
  return turns.map(({ step }) => {
    const { result = [], error = null } = answerOf.get(step) ?? {};
    if (error === null) return { left: result, error: null };
    const failure = { what: handlerOf(step).describe(step), why: error.message };
    // Each of them would wait for as long.
    if (error instanceof Hindered && error.hindrance === 'busy') throw unfinished([failure]);
    return { left: [], error: failure };
  });
}

/** What was to be changed in a file that a stop has kept from being made. */
async function isStillUnmade(step: Step, { steps }: Unit, { world }: Ground): Promise<boolean> {
  if (step.kind !== 'edit') return false;
  const isMadeHere = steps.some(other => other.kind === 'create' && other.file === step.file);
  if (!isMadeHere) return false;
  const state = await world.files.stat(step.file);
  return !state.ok && state.trouble.code === 'missing';
}

/** Hands that do nothing: what undoing would leave can be seen without undoing anything. */
function tied(hands: Hands): Hands {
  const nothing = () => Promise.resolve();
  return {
    ...hands,
    write: nothing,
    rewrite: nothing,
    removeOwn: nothing,
    move: nothing,
    makeFolder: nothing,
  };
}

/** It stays in the journal as one that is not at its end, and can be gone on with. */
function unfinished(failed: readonly Left[]): Refusal {
  const said = failed.slice(0, 3).map(({ what, why }) => `${what}: ${why}`);
  const more = failed.length > 3 ? ` And ${String(failed.length - 3)} more.` : '';
  return new Refusal(
    'undo-unfinished',
    `Not everything could be put back yet. ${said.join('; ')}.${more}`,
    'What was put back stays so. Remove the hindrance and run codex-health undo again: it goes on where it stopped.',
  );
}

/** Units that were begun and did not fail. */
export function begunUnits({ notes }: Repair, plan: Plan): readonly BegunUnit[] {
  const failed = new Set(notes.flatMap(one => (one.note === 'failed' ? [one.unit] : [])));
  return notes
    .flatMap(one => (one.note === 'begun' ? one.units : []))
    .filter(unit => !failed.has(unit))
    .flatMap(unit => {
      const what = plan.units[unit];
      return what === undefined ? [] : [{ unit, what, steps: what.steps }];
    });
}
