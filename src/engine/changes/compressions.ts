// Old conversations that Codex compresses: what a person may ask, for one home. A plan like any other;
// what comes besides is what it has freed.

import type { Left } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import { askAgain, type Confirmation } from '../repair/askAgain.ts';
import { planCompression, type CompressionPlan } from '../repair/planCompression.ts';
import type { World } from '../world.ts';
import type { Consent, Done, Rite } from './rite.ts';

export interface Compressed extends Done<CompressionPlan> {
  /** Of the files that were compressed: how many, and what they came to before and come to now. */
  readonly files: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly failed: readonly Left[];
  /** What the real Codex says of it. */
  readonly confirmation: Confirmation;
}

export interface Compressions {
  planCompression(report: Report): Promise<CompressionPlan>;
  /** `report` is what the plan was made of; `scan` looks at the same home again. */
  compress(report: Report, scan: () => Promise<Report>, consent: Consent): Promise<Compressed>;
}

export function compressionsOf(
  { hands, carryOut }: Omit<Rite, 'siteOf'>,
  world: World,
): Compressions {
  const plan = async ({ snapshot }: Report) => {
    const mark = world.machine.join(snapshot.home.path, '.tmp', 'rollout-compression.lock');
    const state = await world.files.stat(mark);
    const lastPassMs = state.ok ? state.value.modifiedMs : null;
    return planCompression(snapshot, lastPassMs, text => world.hash(text));
  };
  return {
    planCompression: plan,
    compress: async (first, scan, consent) => {
      const done = await carryOut(first, scan, consent, plan);
      const { receipt, after } = done;
      const packed = done.plan.files.filter(({ finding }) => receipt.findings.includes(finding));
      const now = new Map(after.snapshot.rollouts.map(rollout => [rollout.path, rollout]));
      const seen = packed.filter(({ finding }) => now.has(`${finding}.zst`) && !now.has(finding));
      const names = new Set(seen.map(({ finding }) => `${finding}.zst`));
      const threads = after.snapshot.rollouts
        .filter(({ path }) => names.has(path))
        .flatMap(({ name }) => name?.id ?? []);
      return {
        plan: done.plan,
        receipt,
        recovered: done.recovered,
        files: seen.length,
        bytesBefore: seen.reduce((sum, { bytes }) => sum + bytes, 0),
        bytesAfter: seen.reduce(
          (sum, { finding }) => sum + (now.get(`${finding}.zst`)?.bytes ?? 0),
          0,
        ),
        failed: [
          ...receipt.failed,
          ...packed
            .filter(one => !seen.includes(one))
            .map(({ finding }) => ({
              what: finding,
              why: 'Codex was asked to compress it, and it is not seen to be so afterwards',
            })),
        ],
        confirmation: await askAgain(after, [...new Set(threads)], hands),
      };
    },
  };
}
