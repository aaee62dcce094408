// Which receipts the vault can do without, and dropping them: the one thing in this product that cannot be
// undone. So each is shown before, with what only the vault still has, and it happens when asked for by name.

import { textOfLiteral } from '../model/literal.ts';
import type { Columns, Plan, Step } from '../model/plan.ts';
import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { groundOf, type Site } from './site.ts';
import { isOwnNote, whatCodexDid } from './steps/codexDoings.ts';
import { begunUnits } from './undo.ts';
import { stateOf, type Repair, type RepairState } from './vault.ts';

export interface PruneWish {
  /** Drops what was done before this moment; null for no matter when. */
  readonly before: number | null;
  /** Drops the oldest until no more than this is left; null for no matter how much. */
  readonly keepBytes: number | null;
}

export interface Pruning {
  /** The oldest first. */
  readonly drops: readonly Drop[];
  /** What was wished to go and stays all the same. */
  readonly kept: readonly { readonly receipt: string; readonly why: string }[];
}

export interface Drop {
  readonly receipt: string;
  readonly at: string;
  readonly bytes: number;
  /** Whether it could still be undone; behind the dropping it cannot. */
  readonly undoable: boolean;
  /** What was taken out of the home, and is nowhere else in this form. */
  readonly onlyHere: readonly OnlyHere[];
}

export type OnlyHere =
  | { readonly kind: 'file'; readonly file: FilePath }
  | { readonly kind: 'row'; readonly table: string; readonly key: string }
  | { readonly kind: 'bytes'; readonly file: FilePath; readonly bytes: number };

export async function planPruning(site: Site, wish: PruneWish): Promise<Pruning> {
  const repairs = await site.vault.repairs();
  const sizes = await site.vault.sizes();
  const isWanted = wantedBy(wish, repairs, sizes);
  const kept = await keptOf(site, repairs, isWanted);
  const drops: Drop[] = [];
  for (const repair of repairs)
    if (isWanted(repair) && !kept.has(repair))
      drops.push(await asDrop(site, repair, stateOf(repair), sizes.get(repair.id) ?? 0));
  return { drops, kept: [...kept].map(([{ id: receipt }, why]) => ({ receipt, why })) };
}

/** What stays although it was wished to go, with the reason. What one of these needs stays as well. */
async function keptOf(
  { vault }: Site,
  repairs: readonly Repair[],
  isWanted: (repair: Repair) => boolean,
): Promise<ReadonlyMap<Repair, string>> {
  const needs = new Map<Repair, readonly Repair[]>();
  let known = new Map<Repair, string>();
  for (;;) {
    const staying = repairs.filter(repair => !isWanted(repair) || known.has(repair));
    // Plans can be long: each is read once, and only of what stays.
    for (const one of staying)
      if (stateOf(one) !== 'undone' && !needs.has(one))
        needs.set(one, await neededBy(one, repairs.filter(isWanted), vault));
    const kept = new Map<Repair, string>();
    let standing: string | null = null;
    for (const repair of repairs) {
      const leaning = staying.find(other => needs.get(other)?.includes(repair) === true)?.id;
      const state = stateOf(repair);
      const why = isWanted(repair) ? whyKept(state, leaning ?? null, standing) : null;
      if (why !== null) kept.set(repair, why);
      const stays = why !== null || !isWanted(repair);
      if (stays && state !== 'undone') standing ??= repair.id;
    }
    if (kept.size === known.size) return kept;
    known = kept;
  }
}

/** Those in whose folders something lies that undoing a repair needs. */
async function neededBy(
  repair: Repair,
  others: readonly Repair[],
  vault: Site['vault'],
): Promise<readonly Repair[]> {
  if (others.length === 0) return [];
  const text = JSON.stringify(await vault.planOf(repair));
  return others.filter(
    other => other !== repair && text.includes(JSON.stringify(other.folder).slice(1, -1)),
  );
}

/** Drops what was shown, if that is still what would be dropped. */
export async function prune(site: Site, wish: PruneWish, shown: Pruning): Promise<void> {
  const again = await planPruning(site, wish);
  if (JSON.stringify(again) !== JSON.stringify(shown))
    throw new Refusal(
      'plan-changed',
      'The vault has changed since: what would be dropped now is not what was shown.',
      'Nothing was dropped. Look again with the same words.',
    );
  for (const { receipt } of shown.drops) await site.vault.drop(receipt);
}

function wantedBy(
  { before, keepBytes }: PruneWish,
  repairs: readonly Repair[],
  sizes: ReadonlyMap<string, number>,
): (repair: Repair) => boolean {
  const wanted = new Set<Repair>();
  let bytes = 0;
  for (const repair of repairs.toReversed()) {
    bytes += sizes.get(repair.id) ?? 0;
    const isOld = before !== null && Date.parse(repair.at) < before;
    if (isOld || (keepBytes !== null && bytes > keepBytes)) wanted.add(repair);
  }
  return repair => wanted.has(repair);
}

/** Why a repair has to stay; `standing` is the oldest that stays and can be undone. */
function whyKept(
  state: RepairState,
  leaning: string | null,
  standing: string | null,
): string | null {
  if (state === 'interrupted')
    return 'it was stopped in the middle: without it nobody could put back what was begun';
  if (leaning !== null) return `undoing ${leaning} needs what is kept in it`;
  return standing !== null && state === 'applied'
    ? `${standing} is older, stays, and may have to be undone after this one`
    : null;
}

async function asDrop(site: Site, repair: Repair, state: RepairState, bytes: number) {
  const { id: receipt, at } = repair;
  const undoable = state === 'applied';
  const files = (await site.vault.filesKept(repair)).filter(name => !isOwnNote(name));
  const plan = files.length > 0 || undoable ? await site.vault.planOf(repair) : null;
  const steps = plan !== null && undoable ? await stepsDone(site, repair, plan) : [];
  const origins = originsIn(plan);
  const onlyHere = [
    ...files.map((name): OnlyHere => ({ kind: 'file', file: origins.get(name) ?? name })),
    ...steps.flatMap(takenOut),
  ];
  return { receipt, at, bytes, undoable, onlyHere };
}

async function stepsDone(site: Site, repair: Repair, plan: Plan): Promise<readonly Step[]> {
  const steps = begunUnits(repair, plan).flatMap(unit => unit.steps);
  const hasAsked = steps.some(({ kind }) => kind === 'ask');
  return hasAsked ? [...steps, ...(await whatCodexDid(groundOf(site, repair)))] : steps;
}

/** Where the files were that a plan has moved into the vault, by their names there. */
function originsIn(plan: Plan | null): ReadonlyMap<string, FilePath> {
  const steps = plan?.units.flatMap(unit => unit.steps) ?? [];
  return new Map(
    steps.flatMap(step =>
      step.kind === 'move' && 'vault' in step.to ? [[step.to.vault, step.from] as const] : [],
    ),
  );
}

/** What a step has taken away; what it has only changed is meant by "it could still be undone". */
function takenOut(step: Step): readonly OnlyHere[] {
  if (step.kind === 'rows')
    return step.changes
      .filter(({ before, after }) => before !== null && after === null)
      .map(({ key }) => ({ kind: 'row', table: step.table, key: keyOf(key) }));
  if (step.kind !== 'edit') return [];
  const bytes = step.splices
    .filter(({ after }) => after === '')
    .reduce((sum, { before }) => sum + before.length, 0);
  return bytes === 0 ? [] : [{ kind: 'bytes', file: step.file, bytes }];
}

function keyOf(key: Columns): string {
  return Object.values(key)
    .map(value => textOfLiteral(value) ?? value)
    .join(', ');
}
