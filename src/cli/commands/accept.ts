import type { Acceptance } from '../../engine/engine.ts';
import type { Finding } from '../../engine/model/finding.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE } from '../exitCodes.ts';
import { resolveFinding } from '../findingIds.ts';
import { inJson } from '../render/reportJson.ts';
import { harmless } from '../../words/harmless.ts';
import { ageInWords, count, isoTime } from '../../words/amounts.ts';
import { wrapIndented } from '../text/wrap.ts';

export const accept: Command = {
  name: 'accept',
  summary: '"I know; stop telling me": a finding no longer counts.',
  usage: ['accept FINDING…', 'accept --list [--json]', 'accept --take-back FINDING…'],
  details: `A finding that you accept is not shown any more and does not count, until its facts
change. Nothing in the Codex home is touched: what you accept is kept in your state directory.

FINDING is the id of a finding as \`codex-health scan --json\` shows it: the check, a colon, and what
it is about. A beginning of it is enough when no other finding begins so.`,
  options: ['list', 'take-back'],
  run: runAccept,
};

async function runAccept(context: Context): Promise<number> {
  const { given, operands } = context;
  const isList = given.has('list');
  const isTakeBack = given.has('take-back');
  if (isList && (isTakeBack || operands.length > 0))
    throw new UsageError('--list stands alone: it shows what was accepted.', 'accept');
  if (!isList && operands.length === 0)
    throw new UsageError('Which finding? Name one by its id, or see --list.', 'accept');
  const report = await context.scan();
  if (isList) return list(report, context);
  return isTakeBack ? takeBack(report, context) : acceptThem(report, context);
}

async function acceptThem(report: Report, context: Context): Promise<number> {
  const { engine, operands, given } = context;
  const found = new Map(report.findings.map(finding => [finding.id, finding]));
  const ids = operands.flatMap(named => resolveFinding(named, [...found.keys()]));
  const findings = ids.map(id => found.get(id)).filter(finding => finding !== undefined);
  await engine.accept(report, findings);
  if (given.has('json')) context.out(inJson({ schemaVersion: 1, accepted: ids }));
  else context.out(sayAccepted(findings, context));
  return DONE;
}

function sayAccepted(findings: readonly Finding[], { page, typed }: Context): string {
  const lines = findings.flatMap(({ id, says }) => [
    `  ${harmless(id)}`,
    ...wrapIndented(harmless(says), page.width, '    ').map(page.paint.dim),
  ]);
  const first = findings[0]?.id ?? '';
  return `${[
    `Accepted: ${count(findings.length, 'finding')} no longer ${findings.length === 1 ? 'counts' : 'count'}, until the facts change.`,
    ...lines,
    page.paint.dim(`To take it back: ${typed(`accept --take-back ${harmless(first)}`)}`),
  ].join('\n')}\n`;
}

async function takeBack(report: Report, context: Context): Promise<number> {
  const { engine, operands, given, out } = context;
  const accepted = await engine.listAccepted(report);
  const known = accepted.map(({ finding }) => finding);
  const ids = operands.flatMap(named => resolveFinding(named, known, { what: 'accepted finding' }));
  await engine.takeBack(report, ids);
  if (given.has('json')) out(inJson({ schemaVersion: 1, takenBack: ids }));
  else
    out(
      `Taken back: ${count(ids.length, 'finding')} ${ids.length === 1 ? 'counts' : 'count'} again.\n`,
    );
  return DONE;
}

/** What became of an accepted finding since. */
type State = 'accepted' | 'changed' | 'gone';

async function list(report: Report, { engine, given, out, page }: Context): Promise<number> {
  const accepted = await engine.listAccepted(report);
  const found = new Map(report.findings.map(finding => [finding.id, finding.accepted]));
  const stateOf = ({ finding }: Acceptance): State => {
    const isAccepted = found.get(finding);
    return isAccepted === undefined ? 'gone' : isAccepted ? 'accepted' : 'changed';
  };
  if (given.has('json')) {
    const entries = accepted.map(one => ({
      finding: one.finding,
      says: one.says,
      at: isoTime(one.acceptedAtMs),
      state: stateOf(one),
    }));
    out(inJson({ schemaVersion: 1, accepted: entries }));
    return DONE;
  }
  const words: Readonly<Record<State, string>> = {
    accepted: 'not counted',
    changed: 'its facts have changed: it counts again',
    gone: 'no longer found',
  };
  const lines = accepted.flatMap(one => [
    `${harmless(one.finding)}`,
    ...wrapIndented(harmless(one.says), page.width, '  '),
    page.paint.dim(
      `  accepted ${ageInWords(one.acceptedAtMs, report.snapshot.takenAtMs)}; ${words[stateOf(one)]}`,
    ),
  ]);
  out(lines.length === 0 ? 'Nothing is accepted for this home.\n' : `${lines.join('\n')}\n`);
  return DONE;
}
