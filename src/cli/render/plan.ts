// A plan as a person reads it before they say yes: what is done, line by line, what it loses, what it
// needs, and what is left as it is.

import { handlerOf } from '../../engine/engine.ts';
import type { Plan, Unit } from '../../engine/model/plan.ts';
import type { Report } from '../../engine/model/report.ts';
import { bytesInWords, count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Page } from '../page.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { checksToChoose, openFindings } from './choices.ts';

/** So many repairs are shown one by one; of more, what they are and how many, and each that is alone of its kind. */
const FEW = 3;

export function planJson(plan: Plan) {
  return {
    schemaVersion: 1,
    plan: plan.sha,
    findings: [...new Set(plan.units.flatMap(({ findings }) => findings))],
    steps: plan.units.flatMap(unit =>
      unit.steps.map(step => ({
        kind: step.kind,
        says: handlerOf(step).describe(step),
        touches: handlerOf(step).touches(step),
        loses: unit.loses,
        cure: unit.cure.id,
        findings: unit.findings,
      })),
    ),
    refused: plan.refused.map(one => ({ ...one })),
    needs: plan.needs,
    backupBytes: plan.backupBytes,
  };
}

export interface PlanOptions {
  readonly page: Page;
  /** A command as it can be typed. */
  typed(command: string): string;
  /** What the plan was made for; null where findings were named. */
  readonly all: Report | null;
  /** Every single repair with its steps. */
  readonly isWhole?: boolean;
}

export function renderPlan(plan: Plan, options: PlanOptions): string {
  const { page, all, isWhole = false } = options;
  const { paint, width } = page;
  const groups = groupsOf(plan.units);
  const lines = [
    ...wrap(headline(plan, all), width).map(paint.bold),
    ...(groups.length === 0 ? [] : ['']),
    ...groups.flatMap(([title, units]) => [
      ...wrapIndented(`${harmless(title)} (${count(units.length, 'time')})`, width, '  '),
      ...lossesOf(units).flatMap(loses =>
        wrapIndented(`Takes out ${loses}; the vault keeps them.`, width, '    '),
      ),
      ...(isWhole || plan.units.length <= FEW || units.length === 1
        ? units.flatMap(unit => renderUnit(unit, page, isWhole))
        : []),
    ]),
    ...renderTerms(plan, page),
    ...renderRefused(plan, options),
  ];
  return `${lines.join('\n')}\n`;
}

function headline({ units, refused }: Plan, all: Report | null): string {
  if (units.length === 0 && refused.length > 0)
    return 'Nothing of this can be repaired as it stands.';
  if (units.length === 0) return sayNothing(all);
  const loses = units.some(({ loses }) => loses !== 'nothing');
  return `${count(units.length, 'repair')}. ${loses ? 'What is taken out goes into the vault; all of it can be undone.' : 'Nothing is lost, and all of it can be undone.'}`;
}

/** Nothing to do is not the same as nothing wrong, which somebody could take it for. */
function sayNothing(all: Report | null): string {
  if (all === null || openFindings(all).length === 0) return 'There is nothing to repair.';
  return checksToChoose(all).length > 0
    ? 'Nothing of what was found is repaired without a choice of yours.'
    : 'No safe repair is known of what was found. codex-health explain CHECK says what helps.';
}

function lossesOf(units: readonly Unit[]): readonly string[] {
  return [...new Set(units.map(({ loses }) => loses).filter(loses => loses !== 'nothing'))];
}

/** One line for each cure, in the order in which they are done. */
function groupsOf(units: readonly Unit[]): readonly (readonly [string, readonly Unit[]])[] {
  const groups = new Map<string, Unit[]>();
  for (const unit of units) {
    const key = `${unit.cure.title}`;
    groups.set(key, [...(groups.get(key) ?? []), unit]);
  }
  return [...groups];
}

export function renderUnit(
  { says, steps }: Unit,
  { paint, width, path }: Page,
  isWhole: boolean,
): string[] {
  const touched = isWhole ? steps.map(step => handlerOf(step).describe(step)) : [];
  return [
    ...wrapIndented(harmless(says), width, '    '),
    ...touched.flatMap(text => wrapIndented(path(text), width, '      ').map(paint.dim)),
  ];
}

export function renderTerms({ units, needs, backupBytes }: Plan, { paint, width }: Page): string[] {
  if (units.length === 0) return [];
  const terms = [
    needs.includes('codex-stopped')
      ? 'Every Codex that uses this home has to be closed for it.'
      : 'Codex may stay open.',
    needs.includes('codex-started') ? 'Codex itself is started for it, and ended again.' : '',
    `What is changed is kept (${bytesInWords(backupBytes)}), so that codex-health undo can put it back.`,
  ].filter(text => text !== '');
  return ['', ...terms.flatMap(text => wrap(text, width)).map(paint.dim)];
}

/** A command at the end of a sentence is for the home that was looked at. */
function commandsTyped(text: string, typed: PlanOptions['typed']): string {
  return text.replace(
    /codex-health ((?:apply|plan|scan)(?: \S+)*?)(\.?)$/,
    (_, command: string, stop: string) => `${typed(command)}${stop}`,
  );
}

export function renderRefused(
  { refused }: Plan,
  { page: { width }, typed }: Pick<PlanOptions, 'page' | 'typed'>,
): string[] {
  if (refused.length === 0) return [];
  return [
    '',
    `Left as ${refused.length === 1 ? 'it is' : 'they are'}:`,
    ...refused.flatMap(({ finding, why, next }) => [
      ...wrapIndented(`${harmless(finding)}: ${harmless(why)}.`, width, '  '),
      ...wrapIndented(harmless(commandsTyped(next, typed)), width, '    '),
    ]),
  ];
}
