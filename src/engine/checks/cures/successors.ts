// Which directory has taken the place of one that is gone, and how that is known.

import type { CloserLook, Successor } from '../../model/closerLook.ts';
import { lastName, restBelow, type PathSystem } from '../../model/paths.ts';
import type { FilePath } from '../../model/words.ts';
import type { Objection } from '../check.ts';
import { join } from '../words.ts';

export interface Judged {
  readonly folder: FilePath;
  /** In words. */
  readonly evidence: string;
  /** `strong`: may be taken unless another one has as much. `certain`: Git itself says so. */
  readonly weight: 'weak' | 'strong' | 'certain';
}

/** The likeliest first; those for which nothing speaks are left out. */
export function judgeSuccessors(
  gone: FilePath,
  remote: string | null,
  successors: readonly Successor[],
  system: PathSystem,
): readonly Judged[] {
  const seen = successors.map(one => ({ ...one, ...signsOf(gone, remote, one, system) }));
  // Where its repository is and lacks the place, that was removed, and not moved.
  const isRemoved = seen.some(({ isAbove, isSame, hasCommit }) => isAbove && (isSame || hasCommit));
  return seen
    .map(sign => ({
      folder: sign.folder,
      evidence: join(wordsFor(sign)),
      weight: isRemoved || sign.isAbove ? ('weak' as const) : weightOf(sign, remote),
      rank: [sign.isNoted, sign.hasCommit, sign.isSame, sign.hadWorktree, sign.isNamed],
    }))
    .filter(({ evidence }) => evidence !== '')
    .toSorted((one, other) => weigh(other.rank) - weigh(one.rank))
    .map(({ folder, evidence, weight }) => ({ folder, evidence, weight }));
}

interface Signs {
  /** Git itself has noted that this worktree is where the other directory was. */
  readonly isNoted: boolean;
  readonly hadWorktree: boolean;
  readonly isSame: boolean;
  readonly hasCommit: boolean;
  readonly isNamed: boolean;
}

function signsOf(
  gone: FilePath,
  remote: string | null,
  { folder, isAbove, repository, hasCommit }: Successor,
  system: PathSystem,
): Signs {
  const wasIn = (place: FilePath | null) =>
    place !== null && restBelow(gone, place, system) !== null;
  const remotes = repository?.remotes.map(remoteKey) ?? [];
  return {
    isNoted: wasIn(repository?.notedAt ?? null),
    hadWorktree: repository?.worktrees.some(wasIn) === true,
    isSame: remote !== null && remotes.includes(remoteKey(remote)),
    hasCommit,
    isNamed: !isAbove && lastName(folder) === lastName(gone),
  };
}

/** A commit is in no repository by chance; a fork has it as well, and is told apart by its remote. */
function weightOf({ isNoted, isSame, hasCommit }: Signs, remote: string | null): Judged['weight'] {
  if (isNoted) return 'certain';
  return hasCommit && (isSame || remote === null) ? 'strong' : 'weak';
}

function weigh(signs: readonly boolean[]): number {
  return signs.reduce((sum, sign) => sum * 2 + Number(sign), 0);
}

function wordsFor(signs: Signs & { readonly isAbove: boolean }): readonly string[] {
  const { isAbove, isNoted, hadWorktree, isSame, hasCommit, isNamed } = signs;
  const words = [
    isNoted ? 'the worktree that Git has noted there' : '',
    hadWorktree && !isNoted ? 'the repository of a worktree that was there' : '',
    isSame ? 'the same Git remote' : '',
    hasCommit ? 'a commit of its threads' : '',
    isNamed ? 'the same name' : '',
  ].filter(word => word !== '');
  return isAbove && words.length > 0 ? ['a folder above it', ...words] : words;
}

/** `git@host:ada/one.git` and `https://token@host/ada/one` are one remote. */
function remoteKey(url: string): string {
  const plain = url
    .trim()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const [, host, at] =
    /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/+(.*)$/i.exec(plain) ??
    /^(?:[^@/]+@)?([^/:\\]{2,}):(?!\/\/)\/*(.*)$/.exec(plain) ??
    [];
  return host === undefined || at === undefined ? plain : `${host.toLowerCase()}/${at}`;
}

/** The only one for which enough speaks to take it without a choice; null where there is none. */
export function surestOf(judged: readonly Judged[]): Judged | null {
  const certain = judged.filter(({ weight }) => weight === 'certain');
  const strong = judged.filter(({ weight }) => weight === 'strong');
  const [only, ...others] = certain.length > 0 ? certain : strong;
  return only !== undefined && others.length === 0 ? only : null;
}

/** So many are named; more would help nobody to choose. */
const MOST_NAMED = 5;

/** The only one for which enough speaks; else what is known, so that a person can choose. */
export function onlySuccessor(
  finding: string,
  gone: FilePath,
  remote: string | null,
  { successors }: CloserLook,
  system: PathSystem,
): Judged | Objection {
  const command = `codex-health apply ${finding} --to DIR`;
  const next = `If you know it: ${command}`;
  const found = successors[gone];
  if (found === undefined)
    return { why: 'it could not be looked for what has taken the place of its directory', next };
  const judged = judgeSuccessors(gone, remote, found, system);
  const surest = surestOf(judged);
  if (surest !== null) return surest;
  if (judged.length === 0)
    return { why: 'nothing was found that could have taken the place of its directory', next };
  const named = judged
    .slice(0, MOST_NAMED)
    .map(({ folder, evidence }) => `${folder} (${evidence})`);
  const more = judged.length - named.length;
  return {
    why: `it is not certain what has taken the place of its directory: ${named.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`,
    next: `Choose one: ${command}`,
  };
}
