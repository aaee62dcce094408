// Findings and chosen cures → a plan. Pure: the same home and the same choice give the same plan.

import type { CloserLook, Wishes } from '../model/closerLook.ts';
import type { CureNeed, Finding } from '../model/finding.ts';
import type { Plan, Refused, Unit } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { commonDirectory, directoryAfterMove } from '../model/paths.ts';
import type { FilePath } from '../model/words.ts';
import type { Cure } from '../checks/check.ts';
import { mergeAsking, splitAsking } from './askOnce.ts';
import { handlerOf } from './steps/index.ts';

/** What a person chose. */
export interface Choice {
  /** `all`: the automatic cures of errors and warnings. Else findings by their ids. */
  readonly findings: 'all' | readonly string[];
  /** The cure to take, by its id, where a finding offers several. */
  readonly cure: string | null;
  /** The directory that takes the place of one that the findings are about; null when none was named. */
  readonly to?: FilePath | null;
}

/** The cures of a check, by the check's id. */
export type CuresOf = (check: string) => readonly Cure[];

export interface Chosen {
  readonly finding: Finding;
  readonly cure: Cure;
  /** The directory that was named for it. */
  readonly named: FilePath | null;
}

/** Which cure each chosen finding gets; those that get none are refused, with the reason. */
export function chooseCures(
  { findings, snapshot }: Report,
  choice: Choice,
  curesOf: CuresOf,
): { readonly chosen: readonly Chosen[]; readonly refused: readonly Refused[] } {
  const chosen: Omit<Chosen, 'named'>[] = [];
  const refused: Refused[] = [];
  for (const finding of findings) {
    const isNamed = choice.findings !== 'all';
    if (isNamed && !choice.findings.includes(finding.id)) continue;
    if (!isNamed && (finding.severity === 'note' || finding.accepted)) continue;
    const cures = curesOf(finding.check).filter(cure => fits(cure, finding, snapshot));
    const cure =
      choice.cure === null
        ? (cures.find(({ automatic }) => automatic) ?? (isNamed ? onlyWay(cures) : undefined))
        : cures.find(({ id }) => id === choice.cure);
    if (cure !== undefined) chosen.push({ finding, cure });
    else if (isNamed) refused.push(whyNoCure(finding, cures, choice.cure));
  }
  if (choice.findings !== 'all') {
    const found = new Set(findings.map(({ id }) => id));
    const gone = choice.findings.filter(id => !found.has(id));
    refused.push(...gone.map(finding => ({ finding, ...NOT_FOUND })));
  }
  if (choice.to == null) return { chosen: chosen.map(one => ({ ...one, named: null })), refused };
  const named = nameDirectories(chosen, choice.to, snapshot);
  return { chosen: named.chosen, refused: [...refused, ...named.refused] };
}

/**
 * The directory that was named takes the place of the one that the findings are about. Where they are
 * about several, it takes the place of the nearest that holds them all, and what lies below follows.
 */
function nameDirectories(
  all: readonly Omit<Chosen, 'named'>[],
  to: FilePath,
  { home: { system } }: Snapshot,
): { readonly chosen: readonly Chosen[]; readonly refused: readonly Refused[] } {
  const placed = all.map(one => ({ ...one, place: one.cure.replaces?.(one.finding) }));
  const places = placed.map(({ place }) => place).filter(place => place !== undefined);
  const common = commonDirectory(places, system);
  const chosen: Chosen[] = [];
  const refused: Refused[] = [];
  for (const { finding, cure, place } of placed)
    if (place === undefined) refused.push({ finding: finding.id, ...TAKES_NO_DIRECTORY });
    else if (common === null) refused.push({ finding: finding.id, ...NOTHING_IN_COMMON });
    else {
      const named = directoryAfterMove(place, common, to, system);
      chosen.push({ finding, cure, named });
    }
  return { chosen, refused };
}

const NOT_FOUND = {
  why: 'it is not found any more',
  next: 'Look again: what is wrong now may be something else.',
  isSettled: true,
} as const;

const TAKES_NO_DIRECTORY = {
  why: 'no directory has to be chosen for it',
  next: 'Repair it without --to.',
};

const NOTHING_IN_COMMON = {
  why: 'the threads that were named have worked in directories that have nothing in common',
  next: 'Name the findings of one directory, or of directories that have moved together.',
};

export function fits(cure: Cure, finding: Finding, snapshot: Snapshot): boolean {
  return cure.fits?.(finding, snapshot) ?? true;
}

/** Where the way out is a person's choice, none is taken for them. */
function onlyWay(cures: readonly Cure[]): Cure | undefined {
  return cures.find(({ needs }) => !needs.includes('a-choice'));
}

function whyNoCure(finding: Finding, cures: readonly Cure[], wanted: string | null): Refused {
  if (wanted !== null && cures.length > 0)
    return {
      finding: finding.id,
      why: `it has no cure "${wanted}"`,
      next: `It has: ${cures.map(({ id }) => id).join(', ')}.`,
    };
  if (cures.length > 0)
    return {
      finding: finding.id,
      why: 'there is more than one thing that may be wanted, and only you know which',
      next: `Choose: ${cures.map(({ id, title }) => `--cure ${id} (${title})`).join('; ')}.`,
    };
  return {
    finding: finding.id,
    why: 'no cure of it is known that would be safe',
    next: `codex-health explain ${finding.check} says what can be done by hand.`,
  };
}

export function wishesOf(chosen: readonly Chosen[], snapshot: Snapshot): readonly Wishes[] {
  return chosen.map(({ finding, cure, named }) => cure.wishes?.(finding, snapshot, named) ?? {});
}

export function planRepairs(
  { snapshot }: Report,
  chosen: readonly Chosen[],
  alreadyRefused: readonly Refused[],
  closer: CloserLook,
  hash: (text: string) => string,
): Plan {
  const refused = [...alreadyRefused];
  const drafted: Drafted[] = [];
  for (const { finding, cure, named } of inOrder(chosen)) {
    for (const draft of [cure.plan(finding, snapshot, closer, named)].flat()) {
      if ('why' in draft) refused.push({ finding: finding.id, ...draft });
      else {
        const { id, title, loses, needs } = cure;
        const unit = { findings: [finding.id], cure: { id, title }, loses, needs, ...draft };
        drafted.push({ phase: PHASES.indexOf(cure.phase ?? 'rows'), unit });
      }
    }
  }
  // No later step may undo the aim of an earlier one. Sorting is stable.
  const sorted = apart(drafted, refused).toSorted(
    (one, other) => one.phase - other.phase || eldestFirst(one.unit, other.unit),
  );
  const units = whereMoved(sorted.map(({ unit }) => unit)).flatMap(splitAsking);
  return asPlan(mergeAsking(units), refused, hash);
}

/** What another repair has moved before is changed at its new place. */
function whereMoved(units: readonly Unit[]): readonly Unit[] {
  const places = new Map<FilePath, FilePath>();
  return units.map(unit => {
    const steps = unit.steps.map(step =>
      step.kind === 'edit' ? { ...step, file: places.get(step.file) ?? step.file } : step,
    );
    for (const step of unit.steps)
      if (step.kind === 'move' && 'file' in step.to) places.set(step.from, step.to.file);
    return { ...unit, steps };
  });
}

interface Drafted {
  readonly phase: number;
  readonly unit: Unit;
}

/** What heals two findings at once is done once; of what is in each other's way, only the first. */
function apart(drafted: readonly Drafted[], refused: Refused[]): readonly Drafted[] {
  const kept: Drafted[] = [];
  const taken = new Map<string, number>();
  for (const one of drafted) {
    const { findings, steps } = one.unit;
    const places = steps.flatMap(placesOf);
    const at = places.map(place => taken.get(place)).find(known => known !== undefined);
    const other = at === undefined ? undefined : kept[at];
    if (at === undefined || other === undefined) {
      for (const place of places) taken.set(place, kept.length);
      kept.push(one);
    } else if (JSON.stringify(other.unit.steps) === JSON.stringify(steps)) {
      const both = [...other.unit.findings, ...findings];
      kept[at] = { ...other, unit: { ...other.unit, findings: both } };
    } else refused.push(...findings.map(finding => ({ finding, ...IN_THE_WAY })));
  }
  return kept;
}

/** What of the files only one repair of a plan can change; rows are held against each other by value. */
function placesOf(step: Unit['steps'][number]): readonly string[] {
  switch (step.kind) {
    case 'edit':
      return step.splices.map(({ at }) => `${step.file} ${String(at)}`);
    case 'move':
      return 'vault' in step.to ? [step.from] : [step.from, step.to.file];
    case 'create':
      return [step.file];
    default:
      return [];
  }
}

const IN_THE_WAY = {
  why: 'another repair of this plan changes the same place',
  next: 'Take one of the two, and look again afterwards.',
};

/**
 * Within a check: ids begin with the time at which a thread was made, so that a fork comes after what it
 * leans on. Its file is changed in place for that first, and may be written anew for itself then.
 */
function inOrder(chosen: readonly Chosen[]): readonly Chosen[] {
  const checks = [...new Set(chosen.map(({ finding }) => finding.check))];
  return checks.flatMap(check =>
    chosen
      .filter(({ finding }) => finding.check === check)
      .toSorted((one, other) => (one.finding.subject.key < other.finding.subject.key ? -1 : 1)),
  );
}

export function asPlan(
  units: readonly Unit[],
  refused: readonly Refused[],
  hash: (text: string) => string,
): Plan {
  const needs = [...new Set(units.flatMap(unit => unit.needs))].sort() as CureNeed[];
  return {
    sha: hash(JSON.stringify([units, refused])),
    units,
    refused,
    needs,
    backupBytes: units.flatMap(({ steps }) => steps.map(backupOf)).reduce((a, b) => a + b, 0),
  };
}

/** Moves to another provider come last, and among them the eldest thread first, for the same reason. */
export function eldestFirst(one: Unit, other: Unit): number {
  const [id = '', next = ''] = [one.move?.thread, other.move?.thread];
  return id === next ? 0 : id < next ? -1 : 1;
}

/** Codex has to be able to start before it is asked; files have to be right before rows follow them. */
const PHASES = ['databases', 'files', 'rows', 'codex'] as const;

function backupOf(step: Unit['steps'][number]): number {
  return handlerOf(step).backupBytes(step);
}
