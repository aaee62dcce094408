// What could not be looked at, and what therefore cannot be said. Never shown as healthy.

import type { Gap } from '../../engine/model/gap.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Page } from '../page.ts';
import { harmless } from '../../words/harmless.ts';
import { inWords } from '../../words/amounts.ts';
import { wrapIndented } from '../text/wrap.ts';

const EXAMPLES = 3;
const MOST_NAMED = 4;

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
  locks: 'the locks on the databases',
  'other-machines': 'the programs on other machines',
  'desktop-state': "the desktop app's state",
  hosts: 'what is known of other hosts',
};

export function describeGaps({ snapshot, checks }: Report, page: Page): string[] {
  const { paint, width } = page;
  const unsure = checks.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id);
  const crashed = checks.filter(({ outcome }) => outcome === 'crashed');
  const nameOf = (path: string) => page.path(belowHome(path, snapshot.home.path));
  // Of a home that does not answer, everything in it is missing for one reason.
  const said = [...gather(snapshot.gaps).values()].map(gaps => describeGap(gaps, nameOf));
  const lines = [...new Set(said)].flatMap(one => wrapIndented(one, width, '  '));
  if (unsure.length > 0) lines.push(...wrapIndented(sayUnsure(unsure), width, '  '));
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

function sayUnsure(checks: readonly string[]): string {
  const [only] = checks;
  if (checks.length === 1) return `One check could therefore not tell: ${only ?? ''}.`;
  const which = checks.length > MOST_NAMED ? ' (scan --json names them)' : `: ${checks.join(', ')}`;
  return `${inWords(checks.length)} checks could therefore not tell${which}.`;
}

function describeGap(gaps: readonly Gap[], nameOf: (path: string) => string): string {
  const [first] = gaps;
  if (first === undefined) return '';
  const paths = gaps.map(gap => gap.path).filter(one => one !== null);
  const named = paths.slice(0, paths.length === EXAMPLES + 1 ? paths.length : EXAMPLES);
  const rest = paths.length - named.length;
  const where =
    named.length === 0
      ? PLACES[first.source]
      : `${named.map(nameOf).join(', ')}${rest === 0 ? '' : ` and ${inWords(rest)} more`}`;
  return `${where}: ${harmless(first.why)}`;
}

/** In a report about one home its files need no more than their names below it. */
function belowHome(path: string, home: string): string {
  const isBelow = path.startsWith(`${home}/`) || path.startsWith(`${home}\\`);
  return isBelow ? path.slice(home.length + 1) : path;
}
