// `hosts split` and `hosts confirm`: one home that several hosts share becomes a home for each of them.

import {
  isSameSubstance,
  programsToClose,
  refuseUnseenHosts,
  splitOfHome,
  type SplitMade,
  type SplitPlan,
  type SplitProposal,
} from '../../engine/engine.ts';
import type { HostSight, HostTook, PlannedSplit } from '../../engine/model/host.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { demandConsent, refuseOtherPlan } from '../consent.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { aliasesOf, lookAtHosts } from '../lookAtHosts.ts';
import { pathGiven } from '../paths.ts';
import { inJson } from '../render/reportJson.ts';
import { renderSplitPlan, splitJson } from '../render/split.ts';
import { madeJson, renderMade, renderTook, tookJson } from '../render/splitMade.ts';
import { waitForHosts } from '../waiting.ts';

/** What a person has seen before they say yes. */
export interface ShownSplit {
  readonly report: Report;
  readonly sights: readonly HostSight[];
  readonly proposal: SplitProposal;
  /** Hosts that nobody can see, of which the person says that no Codex runs there. */
  readonly closed: readonly string[];
  readonly plan: SplitPlan;
}

export async function runSplit(context: Context, names: readonly string[]): Promise<number> {
  const { given, out } = context;
  const shown = await showSplit(context, names);
  const isJson = given.has('json');
  // Nobody sees what they would say yes to where the answer is for a program: it looks, or it is sure.
  const isPlanAlone = isJson && !given.has('yes');
  if (shown.plan.units.length === 0 || isPlanAlone) {
    if (isJson) out(inJson({ ...splitJson(shown), ...madeJson(null, [], context) }));
    return shown.plan.units.length === 0 ? FINDINGS : DONE;
  }
  refuseUnseenHosts(shown.report, shown.proposal.wish.hosts, shown.sights, shown.closed);
  await demandConsent(context);
  const signal = context.surroundings.hearInterrupts();
  const agreed = await madeReady(shown, context, signal);
  const made = await carryOut(context, agreed, signal);
  const took = made.split === null ? [] : await confirm(made.split, agreed.report, context, signal);
  if (isJson) out(inJson({ ...splitJson(agreed), ...madeJson(made, took, context) }));
  else out(renderMade(made, took, context));
  return isWell(made) && haveTaken(took) ? DONE : FINDINGS;
}

export async function runConfirm(context: Context, words: readonly string[]): Promise<number> {
  const { given, out, world } = context;
  if (words.length > 0)
    throw new UsageError('confirm asks all hosts of a split: it takes no further words.', 'hosts');
  const report = await context.scan();
  const split = await splitOfHome(world, report);
  const took = await confirm(split, report, context, context.surroundings.hearInterrupts());
  out(given.has('json') ? inJson(tookJson(split, took)) : renderTook(split, took, context));
  return haveTaken(took) ? DONE : FINDINGS;
}

async function showSplit(context: Context, names: readonly string[]): Promise<ShownSplit> {
  const { engine, repairs, given, out, world } = context;
  const first = await context.scan();
  const aliases = await engine.hosts.chosen();
  const [here, sights] = await Promise.all([
    engine.hosts.here(first),
    lookAtHosts(context, { aliases, report: first }),
  ]);
  const report = await context.scan({ sights });
  const proposal = await repairs.proposeSplit(report, here, sights, {
    hosts: names,
    takesInferred: given.has('inferred'),
    shared: given.has('copy') ? 'copy' : 'link',
    folder: pathGiven('to', given, world),
  });
  // Who names the hosts says by that, of those that nobody can see, that no Codex runs there.
  const closed = names.length === 0 ? [] : unseenIn(proposal);
  const shown = {
    report,
    sights,
    proposal,
    closed,
    plan: await repairs.planSplit(report, proposal.wish),
  };
  refuseOtherPlan(shown.plan, given.text('plan'), 'the same words without --plan');
  if (!given.has('json')) out(renderSplitPlan(shown, context));
  return shown;
}

function unseenIn({ leftOut }: SplitProposal): readonly string[] {
  return leftOut.filter(({ isUnseen }) => isUnseen).map(({ name }) => name);
}

/**
 * Somebody may have read for a while, and closed what was open: the hosts are looked at again. The threads go
 * where it was shown, also where the program is closed by now that was the evidence for it.
 */
async function madeReady(
  shown: ShownSplit,
  context: Context,
  signal: AbortSignal,
): Promise<ShownSplit> {
  const { given, repairs } = context;
  if (given.has('yes') && !given.has('wait')) return shown;
  const aliases = shown.sights.map(({ alias }) => alias);
  const look = async () => {
    // In this order: whoever is seen to be closed has written a last time before the home is scanned.
    const sights = await lookAtHosts(context, { aliases, report: shown.report, signal });
    return { sights, report: await context.scan({ sights }) };
  };
  const { hosts } = shown.proposal.wish;
  const inTheWay = ({ report, sights }: Pick<ShownSplit, 'report' | 'sights'>) =>
    programsToClose(report, hosts, sights, shown.closed);
  const now = given.has('wait')
    ? await waitForHosts(look, inTheWay, context, signal)
    : await look();
  const made = { ...shown, ...now, plan: await repairs.planSplit(now.report, shown.proposal.wish) };
  if (isSameSubstance(made.plan, shown.plan)) return made;
  if (!given.has('json')) context.out(`\n${renderSplitPlan(made, context)}`);
  await demandConsent(context);
  return made;
}

async function carryOut(
  context: Context,
  { report, sights, closed, proposal: { wish }, plan: { sha } }: ShownSplit,
  signal: AbortSignal,
): Promise<SplitMade> {
  const { repairs, vault, progress } = context;
  try {
    const request = { wish, sights, closed, sha, vault, signal, progress: progress.tell };
    return await repairs.applySplit(report, () => context.scan(), request);
  } finally {
    progress.end();
  }
}

async function confirm(
  split: PlannedSplit,
  report: Report,
  context: Context,
  signal: AbortSignal,
): Promise<readonly HostTook[]> {
  const { engine, progress } = context;
  const aliases = await aliasesOf(split.hosts, report, context);
  let done = 0;
  try {
    const seen = () => progress.tell((done += 1), aliases.length, 'hosts');
    return await engine.hosts.confirmSplit(split, { aliases, report, signal, seen });
  } finally {
    progress.end();
  }
}

function isWell({ split, receipt, homes, rest }: SplitMade): boolean {
  const wrong = homes.flatMap(({ strange, missing }) => [...strange, ...missing]);
  return split !== null && receipt.failed.length + wrong.length + rest.missing.length === 0;
}

function haveTaken(took: readonly HostTook[]): boolean {
  return took.every(({ answer }) => answer === 'yes');
}
