import {
  programsInTheWay,
  readSplitNotes,
  type Undoing,
  type Undone,
} from '../../engine/engine.ts';
import type { HostSight } from '../../engine/model/host.ts';
import type { Report } from '../../engine/model/report.ts';
import { Refusal } from '../../engine/refusal.ts';
import { count, timeInWords } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { demandConsent } from '../consent.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { aliasesOf, lookAtHosts } from '../lookAtHosts.ts';
import { quoted } from '../paths.ts';
import { inJson } from '../render/reportJson.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { namePrograms } from '../waiting.ts';

export const undo: Command = {
  name: 'undo',
  summary: 'Puts back what a repair has changed.',
  usage: ['undo [RECEIPT] [--closed HOST…] [--yes] [--json]'],
  details: `Shows which repair that is, the named one or the newest, and asks whether to go on (unless
\`--yes\`). Then it puts back every byte that the repair has changed: rows, files and their times. Where Codex has written something since, that place is left alone and named.

Undoing a split of hosts looks at these hosts first, and wants every Codex closed that uses one of the homes.
Of a host that never comes back nobody can see that: with \`--closed HOST\` you say that no Codex runs
there. **A Codex that runs there all the same can then write into what is put back.** It counts only where the host
does not answer.

\`codex-health history\` shows the receipts.`,
  options: ['closed', 'yes'],
  run: runUndo,
};

async function runUndo(context: Context): Promise<number> {
  const { repairs, operands, given, vault, out, progress } = context;
  const [receipt = null, ...more] = operands;
  if (more.length > 0) throw new UsageError('One repair at a time can be undone.', 'undo');
  const report = await context.scan();
  const undoing = await repairs.planUndo(report, receipt, vault).catch(async (error: unknown) => {
    throw (await splitElsewhere(error, receipt, report, context)) ?? error;
  });
  const closed = given.list('closed');
  refuseStrangers(closed, undoing);
  if (!given.has('json')) out(renderUndoing(undoing, context));
  const isSplit = undoing.split.length > 0;
  const sights = isSplit ? await lookAtSplit(undoing, report, context) : [];
  if (!given.has('json')) out(renderInTheWay(undoing, report, sights, context));
  await demandConsent(context);
  // Somebody may have closed what was in the way, and only then said yes.
  const mayHaveChanged = isSplit && !given.has('yes');
  const now = mayHaveChanged ? await context.scan() : report;
  const seen = mayHaveChanged ? await lookAtSplit(undoing, now, context) : sights;
  const undone = await repairs
    .undo(now, undoing.repair.receipt, vault, progress.tell, seen, closed)
    .finally(() => progress.end());
  out(
    given.has('json')
      ? inJson({ schemaVersion: 1, ...undone })
      : renderUndone(undone, isSplit, context),
  );
  return undone.left.length > 0 ? FINDINGS : DONE;
}

/** A name that is misspelt would else be a word about nobody. */
function refuseStrangers(closed: readonly string[], { split }: Undoing): void {
  const strange = closed.find(name => !split.some(({ host }) => host === name));
  if (strange === undefined) return;
  const names = split.map(({ host }) => host).join(', ');
  throw new UsageError(
    split.length === 0
      ? '--closed is for the undo of a split of hosts, and this is none.'
      : `"${strange}" is none of the hosts of this split: ${names}.`,
    'undo',
  );
}

/** Of the other hosts of a split: who has one of the homes open that are put together again. */
async function lookAtSplit(
  { split }: Undoing,
  report: Report,
  context: Context,
): Promise<readonly HostSight[]> {
  const aliases = await aliasesOf(split, report, context);
  return lookAtHosts(context, { aliases, report, splitInto: split.map(({ home }) => home) });
}

function renderInTheWay(
  { split }: Undoing,
  report: Report,
  sights: readonly HostSight[],
  { page: { width } }: Context,
): string {
  const programs = split.length === 0 ? [] : programsInTheWay(report, split, sights);
  return programs.length === 0
    ? ''
    : `${[...wrap('To be closed before:', width), ...namePrograms(programs, width)].join('\n')}\n`;
}

/** A split is written down in the home that was split; a shell that was started since has another one. */
async function splitElsewhere(
  error: unknown,
  receipt: string | null,
  { snapshot: { home } }: Report,
  { world }: Context,
): Promise<Refusal | null> {
  const isUnknown =
    error instanceof Refusal && ['nothing-to-undo', 'no-such-receipt'].includes(error.code);
  const { made, begun } = await readSplitNotes(world.keep);
  const split = [...made, ...begun].findLast(one =>
    receipt === null
      ? one.hosts.some(own => own.home === home.path)
      : one.receipt.startsWith(receipt) && one.home !== home.path,
  );
  if (!isUnknown || split === undefined) return null;
  return new Refusal(
    'split-elsewhere',
    receipt === null
      ? `No repair of this home is to be undone. It was made by the split of ${split.home}.`
      : `That repair is the split of ${split.home}, and this home is ${home.path}.`,
    `To take that split back: codex-health undo ${split.receipt} --home ${quoted(split.home, world.machine.system)}.`,
  );
}

function renderUndoing({ repair, first }: Undoing, { page }: Context): string {
  const { paint, width } = page;
  const { receipt, at, says, undoable } = repair;
  const lines = [
    ...first.map(id => `A repair that was stopped in the middle (${id}) is put back first.`),
    `${undoable ? 'This is undone' : 'This was stopped in the middle, and what was begun is put back'}: ${receipt}, of ${timeInWords(Date.parse(at))}.`,
  ].flatMap(text => wrap(text, width).map(paint.bold));
  return `${[
    ...lines,
    ...says.flatMap(text => wrapIndented(harmless(text), width, '  ')),
    ...wrap('What has been changed since stays as it is, and is named.', width).map(paint.dim),
  ].join('\n')}\n`;
}

function renderUndone(
  { receipt, undone, left }: Undone,
  isSplit: boolean,
  { page }: Context,
): string {
  const what = isSplit ? 'the split' : count(undone, 'repair');
  const { paint, width } = page;
  const lines = [
    paint.bold(
      left.length === 0
        ? `Undone: ${what} of ${receipt}. Everything is as it was before.`
        : `Undone: ${what} of ${receipt}, but for what has been changed since:`,
    ),
    ...left.flatMap(({ what, why }) => wrapIndented(harmless(`${what}: ${why}.`), width, '  ')),
  ];
  return `${lines.join('\n')}\n`;
}
