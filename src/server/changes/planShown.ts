// A plan as it is sent to the editor: what somebody has to know before they say yes.

import { holdersInTheWay } from '../../engine/engine.ts';
import type { Plan, Unit } from '../../engine/model/plan.ts';
import type { Report } from '../../engine/model/report.ts';
import type { World } from '../../engine/world.ts';
import type { HolderShown, OpenElsewhere, PlanShown, Wish } from '../../protocol/repairs.ts';
import { planAddress } from './addresses.ts';
import { inEditorWords } from './refusals.ts';

interface Surroundings {
  /** The process that asks; null when it has not said. */
  readonly editor: number | null;
  readonly elsewhere: readonly OpenElsewhere[];
}

export async function showPlan(
  world: World,
  report: Report,
  wish: Wish,
  plan: Plan,
  { editor, elsewhere }: Surroundings,
): Promise<PlanShown> {
  const { sha, units, needs, backupBytes, refused } = plan;
  return {
    wish,
    sha,
    uri: planAddress(report.snapshot.home.key, wish),
    repairs: units.length,
    losses: lossesOf(units),
    needs,
    backupBytes,
    refused: refused.map(({ finding, why, next, isSettled = false }) => ({
      ...{ finding, why: inEditorWords(why), next: inEditorWords(next), isSettled },
    })),
    withoutStopping: withoutStopping(wish, plan),
    holders: await showHolders(world, report, plan, editor),
    elsewhere,
  };
}

function lossesOf(units: readonly Unit[]): PlanShown['losses'] {
  return [
    ...new Set(units.map(({ loses }) => loses).filter(loses => loses !== 'nothing')),
  ] as PlanShown['losses'];
}

/** A finding that is healed in two parts waits for both of them. */
function withoutStopping(wish: Wish, { units }: Plan): Wish | null {
  if (wish.kind !== 'all' && wish.kind !== 'findings') return null;
  // What follows to its place below a directory depends on which findings are named together.
  if (wish.kind === 'findings' && wish.to !== null) return null;
  const isWaiting = ({ needs }: Unit) => needs.includes('codex-stopped');
  const waiting = new Set(units.filter(isWaiting).flatMap(({ findings }) => findings));
  const all = units.flatMap(({ findings }) => findings);
  const findings = [...new Set(all.filter(id => !waiting.has(id)))];
  if (waiting.size === 0 || findings.length === 0) return null;
  return { kind: 'findings', findings, cure: wish.kind === 'all' ? null : wish.cure, to: null };
}

async function showHolders(
  world: World,
  report: Report,
  plan: Plan,
  editor: number | null,
): Promise<readonly HolderShown[]> {
  const holders = await holdersInTheWay(world, report, plan);
  return Promise.all(
    holders.map(async ({ pid, program, terminal }) => ({
      pid,
      program,
      terminal,
      isOfThisWindow: editor !== null && (await world.processes.ancestors(pid)).includes(editor),
    })),
  );
}
