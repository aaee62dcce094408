// Whether a repair was stopped in the middle. The list does not wait for it: backups may be kept on a disk
// that answers slowly. What was known last is said, and who was told is told again when it is otherwise.

import type { Report } from '../../engine/model/report.ts';

type Look = (report: Report, vault: string | null) => Promise<string | null>;

/** Looks once for each report; never twice at a time. */
export function createStopped(
  look: Look,
  changed: () => void,
): (report: Report, vault: string | null) => string | null {
  let known: string | null = null;
  let asked: readonly [Report, string | null] | null = null;
  let isLooking = false;
  const ask = async (report: Report, vault: string | null) => {
    asked = [report, vault];
    isLooking = true;
    // A vault that cannot be read is told of by whatever needs it; the list is shown all the same.
    const now = await look(report, vault).catch(() => null);
    isLooking = false;
    if (now === known) return;
    known = now;
    changed();
  };
  return (report, vault) => {
    const isAsked = asked !== null && asked[0] === report && asked[1] === vault;
    if (!isAsked && !isLooking) void ask(report, vault);
    return known;
  };
}
