// When nothing may be changed. What is not known to be safe is refused, with the way out.

import { strayStates } from '../checks/judging/ownDatabases.ts';
import type { CureNeed } from '../model/finding.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import { restBelow } from '../model/paths.ts';
import type { Holder, Home, Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { Hands, Hindered, Hindrance } from '../hands.ts';
import { Refusal } from '../refusal.ts';
import type { Read } from '../world.ts';

/** Refuses where no home may be changed, whatever the plan is. */
export async function refuseUnlessWritable(
  report: Report,
  hands: Hands,
  /** Whether nobody has the home open on other machines that share it. */
  isClosedElsewhere = false,
): Promise<void> {
  const { home, state } = report.snapshot;
  const otherStates = strayStates(report.snapshot);
  const why = await hands.whyNot();
  if (why !== null) throw new Refusal('cannot-write', why, 'Run it again with a newer Node.');
  if (home.system !== 'linux')
    throw new Refusal(
      'system-not-tried',
      'Repairs have never been tried on this system, and a repair that was never tried is worse than none.',
      'Looking works here. docs/platforms.md says what has run where.',
    );
  const shared = [home.filesystem, state?.database.filesystem].find(one => one?.isNetwork === true);
  if (shared != null && !isClosedElsewhere)
    throw new Refusal(
      'other-hosts',
      `This home lies on ${shared.type}, where a Codex of another machine may be writing that cannot be seen from here.`,
      'Nothing was changed. Run it where the home is on a local disk.',
    );
  if (otherStates.length > 0 && home.sqliteHomeFrom !== 'option')
    throw new Refusal(
      'two-databases',
      `There are two state databases for this home: ${[state?.database, ...otherStates].map(one => one?.file ?? 'none').join(' and ')}.`,
      'Say which one is meant with --sqlite-home DIR.',
    );
}

/** Refuses when the plan needs something that is not so now. */
export function refuseUnlessMet(needs: readonly CureNeed[], snapshot: Snapshot): void {
  if (!needs.includes('codex-stopped')) return;
  refuseUnknownHolders(snapshot);
  if (snapshot.holders.length > 0)
    throw new Refusal(
      'codex-running',
      `This can only be done while no Codex has the files open, and ${snapshot.holders.map(sayHolder).join(', ')} ${snapshot.holders.length === 1 ? 'has' : 'have'}.`,
      'Nothing was changed. Close it (in VS Code: close the window, or disable the Codex extension in it; in a terminal: end codex), and run this again; with --wait it goes on by itself as soon as they are closed.',
    );
}

/**
 * Refuses to take a plan back while somebody writes a conversation that it has changed. When it was made
 * nobody did, and some plans need no more than that; Codex may have been started since.
 */
export function refuseWhileWritten(plan: Plan, snapshot: Snapshot): void {
  const files = plan.units.flatMap(({ steps }) => steps.flatMap(filesOf));
  if (files.length === 0) return;
  refuseUnknownHolders(snapshot);
  const writer = snapshot.holders.find(({ writesThreads }) =>
    writesThreads.some(id => files.some(file => file.includes(id))),
  );
  if (writer !== undefined)
    throw new Refusal(
      'codex-running',
      `${sayHolder(writer)} has a conversation open for writing in which this repair changed something.`,
      'Nothing was changed. Close it there, and run this again.',
    );
}

function filesOf(step: Step): readonly FilePath[] {
  if (step.kind === 'move') return 'vault' in step.to ? [step.from] : [step.from, step.to.file];
  return step.kind === 'edit' || step.kind === 'create' ? [step.file] : [];
}

function refuseUnknownHolders(snapshot: Snapshot): void {
  const gap = snapshot.gaps.find(({ source }) => source === 'processes');
  if (gap !== undefined)
    throw new Refusal(
      'holders-unknown',
      `It could not be told whether a program has this home open: ${gap.why}.`,
      'Nothing was changed. Run it as the account that runs Codex, with every Codex closed.',
    );
}

/** What a person can do when a disk or a database cannot be written. */
export function refusalFor({ message, hindrance }: Hindered): Refusal {
  const next: Readonly<Record<Hindrance, string>> = {
    full: 'Make some room there and run it again',
    'read-only': 'Make it writable and run it again',
    busy: 'Close the program that is writing it and run it again',
    denied: 'Run it again as the account that runs Codex',
    failing: 'See to that disk first, and run it again then',
  };
  return new Refusal(
    hindrance,
    message,
    `${next[hindrance]}. Should anything have been begun, it is put back first.`,
  );
}

export function sayHolder({ program, pid, terminal }: Holder): string {
  const where = terminal === null ? '' : ` in terminal ${terminal}`;
  return `${program} (process ${String(pid)}${where})`;
}

/** What is moved into a backup there would be taken for a conversation, by us and by Codex. */
export function refuseAmongConversations(vault: FilePath, { path, system }: Home): void {
  const trees = ['sessions', 'archived_sessions'].map(name => [path, name].join('/'));
  if (trees.every(tree => restBelow(vault, tree, system) === null)) return;
  throw new Refusal(
    'vault-among-conversations',
    `${vault} lies among the conversations of this home, and files that are kept there would be taken for some.`,
    'Nothing was changed. Name a folder elsewhere with --vault DIR, or none.',
  );
}

/** `found`: the first thing in a folder that is to be made anew which is somebody's; null where there is none. */
export function refuseTaken(folder: FilePath, found: Read<string | null>): void {
  if (!found.ok)
    throw new Refusal(
      'target-unreadable',
      `${folder} cannot be looked at: ${found.trouble.why}.`,
      'Nothing was changed. Make it readable, or choose a folder that is not there yet.',
    );
  if (found.value !== null)
    throw new Refusal(
      'target-not-empty',
      `There is already something in ${folder} (${found.value}).`,
      'Nothing was changed. Choose a folder that is not there yet, or move that one away.',
    );
}
