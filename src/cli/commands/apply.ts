import type { Applied, Choice } from '../../engine/engine.ts';
import type { Plan } from '../../engine/model/plan.ts';
import { Refusal } from '../../engine/refusal.ts';
import { count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { choiceOf } from '../choosing.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { inJson } from '../render/reportJson.ts';
import { renderPlan } from '../render/plan.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Repairs: shows the plan, asks, backs up, does it, and looks again.',
  usage: [
    'apply --all [--yes] [--wait]',
    'apply FINDING… [--cure ID] [--yes] [--wait]',
    'apply --check ID… [--yes] [--wait]',
  ],
  details: `Makes the plan that \`codex-health plan\` shows, asks whether to go on, keeps what will be
changed, changes it, and looks at the home again: "repaired" is said only of what was seen healed.

**Everything can be undone** with \`codex-health undo\`. Nothing is deleted: what has to go is moved
into the vault. Stopping it at any moment, even by pulling the plug, leaves the home as it was before
or as it was planned.

\`--all\` takes every repair that loses nothing. With \`--plan SHA\` nothing is done unless the plan is
still the one that was shown.`,
  options: ['all', 'check', 'cure', 'yes', 'plan', 'wait'],
  run: runApply,
};

async function runApply(context: Context): Promise<number> {
  const { repairs, given, operands, out, page } = context;
  if (!given.has('all') && operands.length === 0 && given.list('check').length === 0)
    throw new UsageError('What shall be repaired? Name findings, or say --all.', 'apply');
  const report = await context.scan();
  const choice = choiceOf(report, context);
  const plan = await repairs.plan(report, choice);
  refuseOtherPlan(plan, given.text('plan'));
  const isJson = given.has('json');
  if (!isJson) out(renderPlan(plan, page));
  if (plan.units.length === 0) {
    if (isJson) out(inJson({ schemaVersion: 1, ...NOTHING, plan: plan.sha, skipped: skippedOf(plan) }));
    return plan.refused.length > 0 ? FINDINGS : DONE;
  }
  await demandConsent(context);
  const applied = await carryOut(context, choice, plan);
  out(isJson ? inJson(appliedJson(applied, context)) : renderApplied(applied, context));
  return applied.receipt.failed.length + applied.remaining.length > 0 ? FINDINGS : DONE;
}

const NOTHING = { receipt: null, applied: 0, failed: [], healed: [], remaining: [], undo: null };

function refuseOtherPlan({ sha }: Plan, wanted: string | null): void {
  if (wanted === null || (wanted.length >= 8 && sha.startsWith(wanted))) return;
  throw new Refusal(
    'plan-changed',
    'The plan is no longer the one that was named.',
    `Nothing was changed. It is ${sha} now: look at it with codex-health plan.`,
  );
}

async function demandConsent({ given, surroundings }: Context): Promise<void> {
  if (given.has('yes')) return;
  const answer = await surroundings.ask('\nDo it? [y/N] ');
  if (answer === null)
    throw new Refusal(
      'no-consent',
      'Nobody is there to say yes to this plan.',
      'Nothing was changed. Run it in a terminal, or with --yes.',
    );
  if (!/^y(?:es)?$/i.test(answer.trim()))
    throw new Refusal('declined', 'Nothing was changed.', 'The plan can be made again at any time.');
}

async function carryOut(context: Context, choice: Choice, plan: Plan): Promise<Applied> {
  const { repairs, vault, progress, surroundings } = context;
  const signal = surroundings.hearInterrupts();
  try {
    return await repairs.apply(() => context.scan(), {
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

function appliedJson({ receipt, healed, remaining, recovered }: Applied, { typed }: Context) {
  return {
    schemaVersion: 1,
    receipt: receipt.id,
    plan: receipt.plan,
    applied: receipt.applied,
    skipped: receipt.skipped,
    failed: receipt.failed,
    healed,
    remaining,
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
    ...list('Could not be done', receipt.failed.map(({ what, why }) => `${what}: ${why}`), width),
    ...list('Codex changed besides', receipt.unplanned, width),
    paint.dim(`To take it back: ${typed(`undo ${receipt.id}`)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function list(title: string, items: readonly string[], width: number): string[] {
  if (items.length === 0) return [];
  return [...wrap(`${title}:`, width), ...items.flatMap(item => wrapIndented(harmless(item), width, '  '))];
}
