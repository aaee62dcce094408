import type { Report } from '../../engine/model/report.ts';
import { Refusal } from '../../engine/refusal.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { exitCodeOf, FINDINGS } from '../exitCodes.ts';
import { knownCheck } from '../knownCheck.ts';
import { renderReport } from '../render/report.ts';
import { sayStoppedSplit } from '../render/stoppedSplit.ts';
import { inJson, reportJson } from '../render/reportJson.ts';
import { reportMarkdown } from '../render/reportMarkdown.ts';
import { reportSarif } from '../render/sarif.ts';
import { wrap } from '../text/wrap.ts';

export const scan: Command = {
  name: 'scan',
  summary: 'Looks at all sessions, and says what is there and what is wrong.',
  usage: ['scan [--check ID…] [--full] [--json | --sarif | --markdown]'],
  details: `Looks at a Codex home: the conversations on disk, the databases, the settings. The first
sentence says whether everything is still there. **Nothing is changed**, no file is made, and Codex
is not started.

The beginning and the end of each conversation are read; with \`--full\` every line is.

It ends with 0 when nothing is wrong, and with 1 when something is or could not be told.`,
  options: ['check', 'full', 'sarif', 'markdown'],
  run: runScan,
};

async function runScan(context: Context): Promise<number> {
  const { given, engine, operands, out, page, typed, version, world } = context;
  const checks = given.list('check');
  for (const id of checks) knownCheck(context, id);
  if (operands.length > 0)
    throw new UsageError(`scan takes no further words: "${operands.join(' ')}".`, 'scan');
  const formats = (['json', 'sarif', 'markdown'] as const).filter(name => given.has(name));
  if (formats.length > 1)
    throw new UsageError(
      `Choose one of ${formats.map(name => `--${name}`).join(' and ')}.`,
      'scan',
    );
  const startedAt = world.now();
  const report = await context.scan({
    full: given.has('full'),
    evenIfSilent: true,
    ...(checks.length === 0 ? {} : { checks }),
  });
  const totalMs = world.now() - startedAt;
  const { interrupted, says } = await lookForInterrupted(report, context);
  switch (formats[0]) {
    case 'json':
      out(inJson(reportJson(report, version, totalMs, interrupted)));
      break;
    case 'sarif':
      out(inJson(reportSarif(report, engine.checks, version, totalMs)));
      break;
    case 'markdown':
      out(reportMarkdown(engine.redact(report), engine.checks, version));
      break;
    case undefined:
      out(renderReport(report, { page, checks: engine.checks, isAll: checks.length > 0, typed }));
      if (says !== null) out(`\n${wrap(harmless(says), page.width).join('\n')}\n`);
  }
  return interrupted === null ? exitCodeOf(report) : FINDINGS;
}

function sayStopped(repair: string, undo: string): string {
  return `A repair was stopped in the middle (${repair}). Nothing is lost: ${undo} puts back what was begun.`;
}

/** A home in the middle of a repair is neither what it was nor what it was meant to be. */
async function lookForInterrupted(
  report: Report,
  { repairs, vault, typed, world }: Context,
): Promise<{ readonly interrupted: string | null; readonly says: string | null }> {
  try {
    const interrupted = await repairs.interrupted(report, vault);
    if (interrupted !== null) return { interrupted, says: sayStopped(interrupted, typed('undo')) };
    const split = await repairs.stoppedSplit(report);
    if (split === null) return { interrupted, says: null };
    return { interrupted: split.receipt, says: sayStoppedSplit(split, world) };
  } catch (error) {
    // That the vault cannot be read says nothing about the home.
    if (!(error instanceof Refusal)) throw error;
    return { interrupted: null, says: `${error.message} ${error.next}` };
  }
}
