// Which folders may have taken the place of one that is gone, for whoever has to choose. What is certain
// enough to be taken without a choice is decided where the plan decides it.

import { judgeSuccessors, surestOf } from './checks/cures/successors.ts';
import type { Cure } from './checks/check.ts';
import { judgedThread } from './checks/judging/causes.ts';
import { commonDirectory, restBelow } from './model/paths.ts';
import type { Finding } from './model/finding.ts';
import type { Report } from './model/report.ts';
import type { FilePath } from './model/words.ts';
import { lookCloser } from './scan/lookCloser.ts';
import type { World } from './world.ts';

export interface Candidates {
  /** The directory that is gone; of several, the nearest that holds them all. Null when none is. */
  readonly gone: FilePath | null;
  /** The likeliest first. */
  readonly folders: readonly Candidate[];
}

export interface Candidate {
  readonly folder: FilePath;
  /** What speaks for it, in words. */
  readonly evidence: string;
  /** Whether it would be taken without a choice. */
  readonly isCertain: boolean;
}

export async function findCandidates(
  world: World,
  report: Report,
  findings: readonly Finding[],
  curesOf: (check: string) => readonly Cure[],
): Promise<Candidates> {
  const { snapshot } = report;
  const { system } = snapshot.home;
  const placed = findings.flatMap(finding => {
    const cure = curesOf(finding.check).find(({ replaces }) => replaces !== undefined);
    const place = cure?.replaces?.(finding);
    return cure === undefined || place === undefined ? [] : [{ finding, cure, place }];
  });
  const gone = commonDirectory(
    placed.map(({ place }) => place),
    system,
  );
  if (placed.length === 0 || gone === null) return { gone: null, folders: [] };
  const wishes = placed.map(({ finding, cure }) => cure.wishes?.(finding, snapshot, null) ?? {});
  const { successors } = await lookCloser(
    world,
    snapshot,
    wishes.map(wish => ({ successors: wish.successors ?? [] })),
  );
  const folders = new Map<FilePath, Candidate>();
  for (const { finding, place } of placed) {
    const meta = judgedThread(snapshot, finding.subject.key)?.file?.head.meta;
    const judged = judgeSuccessors(place, meta?.gitOrigin ?? null, successors[place] ?? [], system);
    const surest = surestOf(judged);
    const rest = restBelow(place, gone, system) ?? '';
    for (const one of judged) {
      // What is below a directory has moved with it only where it lies below the new one as before.
      if (!one.folder.endsWith(rest)) continue;
      const folder = one.folder.slice(0, one.folder.length - rest.length);
      const known = folders.get(folder);
      const isCertain = one === surest;
      if (folder === '') continue;
      if (known === undefined) folders.set(folder, { folder, evidence: one.evidence, isCertain });
      else if (isCertain && !known.isCertain) folders.set(folder, { ...known, isCertain });
    }
  }
  // Where the threads do not agree, none of them has the say for all.
  const certain = [...folders.values()].filter(({ isCertain }) => isCertain);
  const all = [...folders.values()].map(one => ({
    ...one,
    isCertain: one.isCertain && certain.length === 1,
  }));
  return {
    gone,
    folders: all.toSorted((one, other) => Number(other.isCertain) - Number(one.isCertain)),
  };
}
