// What could not be looked at, and what therefore cannot be said. Never shown as healthy.

import type { Gap } from '../../engine/model/gap.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Page } from '../page.ts';
import { harmless } from '../text/harmless.ts';
import { inWords } from '../text/words.ts';
import { wrapIndented } from '../text/wrap.ts';

const EXAMPLES = 3;

const PLACES: Readonly<Record<Gap['source'], string>> = {
  home: 'the home',
  config: 'config.toml',
  'rollouts-active': 'the sessions',
  'rollouts-archived': 'the archive',
  'rollout-bodies': 'the middle of the conversations',
  'state-database': 'the state database',
  'other-databases': 'the other databases',
  names: 'the names of the threads',
  folders: 'the working directories',
  codexes: 'the Codex programs',
  processes: 'the running programs',
  'desktop-state': "the desktop app's state",
};

export function describeGaps({ snapshot, checks }: Report, page: Page): string[] {
  const { paint, width } = page;
  const unsure = checks.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id);
  const crashed = checks.filter(({ outcome }) => outcome === 'crashed');
  const lines = [...gather(snapshot.gaps).values()].flatMap(gaps => renderGaps(gaps, page));
  if (unsure.length > 0) {
    const which = unsure.length === 1 ? 'One check' : `${inWords(unsure.length)} checks`;
    lines.push(
      ...wrapIndented(`${which} could therefore not tell: ${unsure.join(', ')}`, width, '  '),
    );
  }
  for (const { id, why } of crashed)
    lines.push(
      ...wrapIndented(
        `The check ${id} failed, which is a fault of this program and says nothing about your sessions: ${harmless(why ?? '')}`,
        width,
        '  ',
      ),
    );
  return lines.length === 0 ? [] : [paint.yellow('Could not be looked at'), ...lines];
}

/** A thousand files with one trouble are said once. */
function gather(gaps: readonly Gap[]): ReadonlyMap<string, readonly Gap[]> {
  const gathered = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const key = `${gap.source} ${gap.why}`;
    const same = gathered.get(key);
    if (same === undefined) gathered.set(key, [gap]);
    else same.push(gap);
  }
  return gathered;
}

function renderGaps(gaps: readonly Gap[], { width, path }: Page): string[] {
  const [first] = gaps;
  if (first === undefined) return [];
  const paths = gaps.map(gap => gap.path).filter(one => one !== null);
  const named = paths.slice(0, paths.length === EXAMPLES + 1 ? paths.length : EXAMPLES);
  const rest = paths.length - named.length;
  const where =
    named.length === 0
      ? PLACES[first.source]
      : `${named.map(one => path(one)).join(', ')}${rest === 0 ? '' : ` and ${inWords(rest)} more`}`;
  return wrapIndented(`${where}: ${harmless(first.why)}`, width, '  ');
}
