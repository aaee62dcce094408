// What `thread/list` answers when it reads the files: rows have no say in it.

import type { Rollout } from '../model/rollout.ts';
import type { Thread } from '../model/thread.ts';
import { mayLackFiles, type Look } from './look.ts';
import { handedOut } from './listPages.ts';
import { isWalked, nameOf } from './rolloutNames.ts';
import {
  hasHeader,
  hasPreview,
  headerOf,
  isInteractive,
  sayHidden,
  sourceOf,
} from './rolloutReading.ts';
import { allOf, no, unknown, YES, type Verdict } from './verdict.ts';

export type ScanList = (thread: Thread) => Verdict;

/** Codex looks at so many files, the newest first, and at none behind them. */
const MOST_FILES = 10_000;

export function predictScanList(look: Look): ScanList {
  const verdicts = judgeFiles(look, rollout => isListed(look, rollout));
  const lost = lostAtPageEnds(look, verdicts);
  const judge = (rollout: Rollout): Verdict => {
    const verdict = verdicts.get(rollout) ?? YES;
    return verdict.answer === true && lost.has(rollout)
      ? no('this Codex loses threads of one second where a page of its list ends')
      : verdict;
  };
  return thread => judgeThread(look, thread, judge);
}

/** The files of one side of the archive that a list of all sources and providers hands out, the newest first. */
export function listedFiles(look: Look, place: Rollout['place']): readonly Rollout[] {
  const verdicts = judgeFiles(look, rollout => isListable(look, rollout));
  const lost = lostAtPageEnds(look, verdicts);
  const files = look.rollouts.filter(
    one => one.place === place && verdicts.get(one)?.answer !== false && !lost.has(one),
  );
  return newestFirst(look, files);
}

/** The file with which a list begins: of the archive only where there is no other. Null where that is not certain. */
export function firstListed(look: Look): Rollout | 'none' | null {
  for (const place of ['sessions', 'archived_sessions'] as const) {
    const verdicts = judgeFiles(look, rollout => isListed(look, rollout));
    const files = look.rollouts.filter(
      one => one.place === place && verdicts.get(one)?.answer !== false,
    );
    const [first] = newestFirst(look, files);
    if (first !== undefined) return verdicts.get(first)?.answer === true ? first : null;
  }
  return 'none';
}

function judgeFiles(
  look: Look,
  judge: (rollout: Rollout) => Verdict,
): ReadonlyMap<Rollout, Verdict> {
  const late = {
    sessions: lateFiles(look, 'sessions'),
    archived: lateFiles(look, 'archived_sessions'),
  };
  return new Map(
    look.rollouts.map(rollout => [
      rollout,
      allOf(
        () => isFound(look, rollout),
        () => late[rollout.place === 'sessions' ? 'sessions' : 'archived'].get(rollout) ?? YES,
        () => judge(rollout),
      ),
    ]),
  );
}

/** One file that is listed as this thread is enough. */
function judgeThread(look: Look, thread: Thread, judge: (rollout: Rollout) => Verdict): Verdict {
  const place = thread.archived ? 'archived_sessions' : 'sessions';
  const described = (look.byHeader.get(thread.id) ?? []).filter(one => one.place === place);
  const verdicts = described.map(judge);
  const best =
    verdicts.find(({ answer }) => answer === true) ??
    verdicts.find(({ answer }) => answer === 'unknown') ??
    verdicts[0];
  if (best !== undefined) return best;
  if (mayLackFiles(look, place)) return unknown('not all files could be looked at');
  return judgeOther(look, thread);
}

/** Why a thread of which no file says that it is one of this thread is in no list. */
function judgeOther({ rules, byName, provider }: Look, thread: Thread): Verdict {
  const [file] = thread.files.length > 0 ? thread.files : (byName.get(thread.id) ?? []);
  if (file === undefined) return no('it has no file');
  if (provider === null) return unknown('config.toml could not be read');
  const header = hasHeader(file, rules);
  if (header.answer !== true) return header;
  return no(`its file says that it is one of another thread (${headerOf(file, rules)?.id ?? ''})`);
}

function isFound({ rules }: Look, rollout: Rollout): Verdict {
  const { path } = rollout;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (nameOf(rollout, rules) === null)
    return no(`its file is named ${name}, which is no name that Codex gives`);
  return isWalked(path) ? YES : no('its file lies in a folder where Codex does not look');
}

function isListed(look: Look, rollout: Rollout): Verdict {
  const { rules, provider } = look;
  return allOf(
    () => hasHeader(rollout, rules),
    () => hasListedSource(rollout, look),
    () => (provider === null ? unknown('config.toml could not be read') : YES),
    () => hasListedProvider(rollout, look),
    () => isListable(look, rollout),
  );
}

/** Whatever its source and its provider are. */
function isListable({ rules }: Look, rollout: Rollout): Verdict {
  const needsPreview = rollout.place === 'sessions' || !rules.listsSilentArchive;
  return allOf(
    () => hasHeader(rollout, rules),
    () => (needsPreview ? hasPreview(rollout, rules) : YES),
  );
}

function hasListedSource(rollout: Rollout, { rules }: Look): Verdict {
  const meta = headerOf(rollout, rules);
  const source = meta === null ? '' : sourceOf(meta);
  return isInteractive(source) ? YES : no(sayHidden('its file', source));
}

function hasListedProvider(rollout: Rollout, look: Look): Verdict {
  const provider = headerOf(rollout, look.rules)?.provider ?? null;
  // A header that names none counts for every provider.
  return provider === null || provider === look.provider
    ? YES
    : no(sayOtherProvider('its file', provider, look));
}

export function sayOtherProvider(where: string, provider: string, look: Look): string {
  const { provider: current, whyOtherProvider: why } = look;
  const named =
    why === null
      ? `config.toml (${current ?? ''})`
      : `the one in use (${current ?? ''}), since ${why}`;
  return `${where} names another provider (${provider}) than ${named}`;
}

/** What Codex does not come to, because it stops after so many files. */
function lateFiles(look: Look, place: Rollout['place']): ReadonlyMap<Rollout, Verdict> {
  const all = look.rollouts.filter(one => one.place === place);
  if (all.length <= MOST_FILES) return new Map();
  const files = all.filter(one => nameOf(one, look.rules) !== null && isWalked(one.path));
  // Of the archive it takes those that the system names first, which can be any.
  if (place === 'archived_sessions')
    return new Map(
      files.map(one => [
        one,
        unknown('Codex looks at 10,000 files of the archive, at any of them'),
      ]),
    );
  const tooOld = no('Codex looks at the newest 10,000 files only, and its file is older');
  return new Map(
    newestFirst(look, files)
      .slice(MOST_FILES)
      .map(one => [one, tooOld]),
  );
}

/** As the folders are gone through: by the day of the folder, then by the time in the name. */
function newestFirst({ rules }: Look, files: readonly Rollout[]): readonly Rollout[] {
  const keys = new Map(
    files.map(file => {
      const folders = file.path
        .split('/')
        .slice(1, -1)
        .map(part => part.padStart(5, '0'));
      const name = nameOf(file, rules);
      return [file, `${folders.join('/')} ${name?.stamp ?? ''} ${name?.id ?? ''}`];
    }),
  );
  return [...files].sort((one, other) =>
    (keys.get(one) ?? '') < (keys.get(other) ?? '') ? 1 : -1,
  );
}

function lostAtPageEnds(look: Look, verdicts: ReadonlyMap<Rollout, Verdict>): ReadonlySet<Rollout> {
  const lost = new Set<Rollout>();
  if (!look.rules.losesAtPageEnds) return lost;
  for (const place of ['sessions', 'archived_sessions'] as const) {
    const walked = look.rollouts.filter(
      one => one.place === place && isFound(look, one).answer === true,
    );
    const files = newestFirst(look, walked).map(rollout => ({
      rollout,
      stamp: nameOf(rollout, look.rules)?.stamp ?? '',
      isListed: verdicts.get(rollout)?.answer !== false,
    }));
    const out = handedOut(files);
    for (const file of files) if (file.isListed && !out.has(file)) lost.add(file.rollout);
  }
  return lost;
}
