import { isSameSubstance, type Applied, type Choice } from '../../engine/engine.ts';
import type { Plan } from '../../engine/model/plan.ts';
import type { Report } from '../../engine/model/report.ts';
import { count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { choiceOf } from '../choosing.ts';
import { demandConsent, refuseOtherPlan } from '../consent.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import type { Page } from '../page.ts';
import { inJson } from '../render/reportJson.ts';
import { renderChoices } from '../render/choices.ts';
import { renderPlan } from '../render/plan.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { waitForHolders } from '../waiting.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Repairs: shows the plan, asks, backs up, does it, looks again.',
  usage: [
    'apply --all [--yes] [--wait]',
    'apply FINDING… [--cure ID] [--to DIR] [--yes] [--wait]',
    'apply --check ID… [--to DIR] [--yes] [--wait]',
  ],
  details: `Makes the plan that \`codex-health plan\` shows, asks whether to go on, keeps what will be
changed, changes it, and looks at the home again: "repaired" is said only of what was seen healed.

**Everything can be undone** with \`codex-health undo\`. Nothing is deleted: what has to go is moved
into the vault. Stopping it at any moment, even by pulling the plug, leaves the home as it was before
or as it was planned.

\`--all\` takes every repair that loses nothing. With \`--plan SHA\` nothing is done unless the plan is
still the one that was shown. With \`--to DIR\` the threads of these findings work in DIR from now on,
which has taken the place of a directory that is gone; of several, each follows to its place below DIR.`,
  options: ['all', 'check', 'cure', 'to', 'yes', 'plan', 'wait'],
  run: runApply,
};

async function runApply(context: Context): Promise<number> {
  const { given, operands, out, surroundings } = context;
  if (!given.has('all') && operands.length === 0 && given.list('check').length === 0)
    throw new UsageError('What shall be repaired? Name findings, or say --all.', 'apply');
  const isJson = given.has('json');
  const shown = await showPlan(context);
  if (shown.plan.units.length === 0) {
    const { plan } = shown;
    if (isJson)
      out(inJson({ schemaVersion: 1, ...NOTHING, plan: plan.sha, skipped: skippedOf(plan) }));
    return plan.refused.length > 0 ? FINDINGS : DONE;
  }
  await demandConsent(context);
  const signal = surroundings.hearInterrupts();
  const agreed = given.has('wait') ? await afterWaiting(shown, context, signal) : shown;
  const applied = await carryOut(context, agreed, signal);
  out(isJson ? inJson(appliedJson(applied, context)) : renderApplied(applied, context));
  const { receipt, remaining, confirmation } = applied;
  const isDone = receipt.failed.length + remaining.length + confirmation.missing.length === 0;
  return isDone ? DONE : FINDINGS;
}

/** What a person has seen before they say yes. */
interface Shown {
  readonly report: Report;
  readonly choice: Choice;
  readonly plan: Plan;
}

async function makePlan(context: Context): Promise<Shown> {
  const report = await context.scan();
  const choice = choiceOf(report, context);
  return { report, choice, plan: await context.repairs.plan(report, choice, context.vault) };
}

async function showPlan(context: Context): Promise<Shown> {
  const { given } = context;
  const made = await makePlan(context);
  refuseOtherPlan(made.plan, given.text('plan'));
  if (!given.has('json')) tellPlan(made, context);
  return made;
}

function tellPlan({ report, choice, plan }: Shown, context: Context): void {
  const { out, page, typed } = context;
  const all = choice.findings === 'all' ? report : null;
  out(renderPlan(plan, { page, all, typed }));
  if (all !== null && plan.units.length === 0) out(renderChoices(all, context));
}

/** Whoever closed Codex has changed the home by that; it is still the same that is to be done. */
async function afterWaiting(shown: Shown, context: Context, signal: AbortSignal): Promise<Shown> {
  if (!(await waitForHolders(shown.report, shown.plan, context, signal))) return shown;
  const made = await makePlan(context);
  if (isSameSubstance(made.plan, shown.plan)) return made;
  if (!context.given.has('json')) {
    context.out('\n');
    tellPlan(made, context);
  }
  await demandConsent(context);
  return made;
}

const NOTHING = {
  ...{ receipt: null, applied: 0, failed: [], healed: [], remaining: [], uncovered: [] },
  confirmed: { codex: null, why: 'nothing was to be done', shown: [], missing: [] },
  ...{ unplanned: [], recovered: [], undo: null },
};

async function carryOut(
  context: Context,
  { report, choice, plan }: Shown,
  signal: AbortSignal,
): Promise<Applied> {
  const { repairs, vault, progress } = context;
  try {
    return await repairs.apply(report, () => context.scan(), {
      choice,
      sha: plan.sha,
      vault,
      signal,
      progress: progress.tell,
    });
  } finally {
    progress.end();
  }
}

function skippedOf({ refused }: Plan) {
  return refused.map(({ finding, why }) => ({ what: finding, why }));
}

function appliedJson(applied: Applied, { typed }: Context) {
  const { receipt, healed, remaining, uncovered, recovered, confirmation } = applied;
  return {
    schemaVersion: 1,
    receipt: receipt.id,
    plan: receipt.plan,
    applied: receipt.applied,
    skipped: receipt.skipped,
    failed: receipt.failed,
    healed,
    remaining,
    uncovered,
    confirmed: {
      codex: confirmation.codex,
      why: confirmation.why,
      shown: confirmation.shown,
      missing: confirmation.missing,
    },
    unplanned: receipt.unplanned,
    recovered: recovered.map(one => one.receipt),
    undo: typed(`undo ${receipt.id}`),
  };
}

function renderApplied(applied: Applied, { page, typed }: Context): string {
  const { receipt, healed, remaining, recovered } = applied;
  const { paint, width } = page;
  const lines = [
    '',
    ...recovered.map(
      one => `A repair that had been stopped in the middle (${one.receipt}) was taken back first.`,
    ),
    paint.bold(
      remaining.length + receipt.failed.length === 0
        ? paint.green(`Repaired: ${count(healed.length, 'finding')}, and seen to be healed.`)
        : `Repaired: ${count(healed.length, 'finding')}.`,
    ),
    ...list('Done, and still found afterwards', remaining, width),
    ...list(
      'Could not be done',
      receipt.failed.map(({ what, why }) => `${what}: ${why}`),
      width,
    ),
    ...list('Codex changed besides', receipt.unplanned, width),
    ...confirmationLines(applied, page),
    ...uncoveredLines(applied, width, typed),
    paint.dim(`To take it back: ${typed(`undo ${receipt.id}`)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function confirmationLines({ confirmation }: Applied, { width, paint }: Page): string[] {
  const { codex, why, shown, missing } = confirmation;
  if (missing.length > 0)
    return list(
      codex === null
        ? `Codex was asked, and ${why ?? 'did not answer'}; so not confirmed`
        : `${codex} does not list`,
      missing,
      width,
    );
  if (codex === null)
    return wrap(`Codex itself was not asked: ${why ?? ''}.`, width).map(paint.dim);
  return wrap(
    shown.length === 0
      ? `${codex} starts and lists its threads.`
      : `${codex} was asked, and lists ${shown.length === 1 ? 'the thread' : `all ${String(shown.length)} threads`} of this repair.`,
    width,
  ).map(paint.green);
}

/** Of a thread that could not be read nothing else was said before. */
function uncoveredLines({ uncovered }: Applied, width: number, typed: Context['typed']): string[] {
  if (uncovered.length === 0) return [];
  return [
    ...list('Found now, which could not be seen before', uncovered, width),
    ...wrap(`${typed('plan --all')} shows what can be done about it.`, width),
  ];
}

function list(title: string, items: readonly string[], width: number): string[] {
  if (items.length === 0) return [];
  return [
    ...wrap(`${title}:`, width),
    ...items.flatMap(item => wrapIndented(harmless(item), width, '  ')),
  ];
}
