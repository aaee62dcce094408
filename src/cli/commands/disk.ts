import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { demandConsent, refuseOtherPlan } from '../consent.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { compressedJson, renderCompressed, renderCompressionPlan } from '../render/compression.ts';
import { diskJson, renderDisk } from '../render/disk.ts';
import { inJson } from '../render/reportJson.ts';

export const disk: Command = {
  name: 'disk',
  summary: 'What fills the home; compresses old conversations.',
  usage: ['disk [--full] [--json]', 'disk compress [--yes] [--json]'],
  details: `Shows what takes room in the Codex home: by kind, by project and year, database by database, and
the biggest threads. It changes nothing. Every file counts once, with the room that it takes on disk.
With \`--full\` every line is read, and the biggest threads are shown with what fills them.

\`disk compress\` lets Codex compress every conversation that nobody has written in for a week, also the
archived ones; it needs Codex 0.160 or newer. **No line is lost**: Codex lists, reads and resumes them as
before, and unpacks one by itself when it goes on with it. Each plain file is held until what Codex made of
it is proven to hold the same. \`codex-health undo\` unpacks all of them again, byte for byte and with
their times. Which ones are compressed is Codex's choice; the plan says it before.

Codex up to 0.136 cannot read compressed conversations: it drops them from its lists and deletes their
entries in the database. The plan names each such Codex on this machine.`,
  options: ['full', 'plan', 'yes'],
  run: runDisk,
};

async function runDisk(context: Context): Promise<number> {
  const { given, operands } = context;
  const [what, ...more] = operands;
  if (more.length > 0 || (what !== undefined && what !== 'compress'))
    throw new UsageError(`"${operands.join(' ')}" is not understood.`, 'disk');
  if (what === 'compress') {
    if (given.has('full')) throw new UsageError('disk compress has no option --full.', 'disk');
    return runCompress(context);
  }
  const stray = (['plan', 'yes'] as const).find(name => given.has(name));
  if (stray !== undefined) throw new UsageError(`disk has no option --${stray}.`, 'disk');
  return runShow(context);
}

async function runShow(context: Context): Promise<number> {
  const { engine, given, out } = context;
  const report = await context.scan({ full: given.has('full') });
  const use = await engine.disk(report);
  out(given.has('json') ? inJson(diskJson(use, report)) : renderDisk(use, report, context));
  return DONE;
}

async function runCompress(context: Context): Promise<number> {
  const { repairs, vault, given, out, progress, surroundings } = context;
  const report = await context.scan();
  const plan = await repairs.planCompression(report);
  refuseOtherPlan(plan, given.text('plan'), 'the same words without --plan');
  const isJson = given.has('json');
  if (!isJson) out(renderCompressionPlan(plan, await context.engine.disk(report), context));
  if (plan.units.length === 0) {
    if (isJson) out(inJson(compressedJson(plan, null, context)));
    return DONE;
  }
  await demandConsent(context);
  const signal = surroundings.hearInterrupts();
  try {
    const consent = { sha: plan.sha, vault, signal, progress: progress.tell };
    const done = await repairs.compress(report, () => context.scan(), consent);
    progress.end();
    out(
      isJson ? inJson(compressedJson(done.plan, done, context)) : renderCompressed(done, context),
    );
    return done.failed.length + done.confirmation.missing.length === 0 ? DONE : FINDINGS;
  } finally {
    progress.end();
  }
}
