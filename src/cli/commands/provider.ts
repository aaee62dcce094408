import { listProviders, type ProviderMove } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { demandConsent, refuseOtherPlan } from '../consent.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { movedJson, renderMoved, renderMovePlan } from '../render/providerMove.ts';
import { providersJson, renderProviders } from '../render/providers.ts';
import { inJson } from '../render/reportJson.ts';

export const provider: Command = {
  name: 'provider',
  summary: 'Which provider has which threads; moves them there and back.',
  usage: [
    'provider list [--json]',
    'provider move --from A --to B [--thread ID…] [--yes]',
    'provider restore [--thread ID…] [--yes]',
  ],
  details: `Codex lists the threads of the provider that config.toml sets now, and hides all others. Moving
them lets them be listed and resumed under another one.

A thread's provider stands in three places: in the first line of its file, in the newest settings
line of the file, and in the database. \`move\` changes all three, so that also a rebuilt index keeps
it. Everything else in the file stays byte for byte, and so does its time. A thread that a program is
writing just now is skipped and named.

\`restore\` gives each thread the provider back that it had before it was moved for the first time,
however often it was moved since; that is kept beside the vault for ever. \`codex-health undo\` takes
back one move as a whole, where Codex has not gone on with the thread since.

What moving cannot do: make parts readable that one provider has encrypted. An answer's hidden
reasoning stays unreadable to the other provider, which goes on without it, or refuses.`,
  options: ['from', 'to', 'thread', 'plan', 'yes'],
  run: runProvider,
};

async function runProvider(context: Context): Promise<number> {
  const [what, ...more] = context.operands;
  if (more.length > 0) throw new UsageError(`"${more.join(' ')}" is not understood.`, 'provider');
  if (what === 'list') return runList(context);
  const move = what === undefined ? null : moveOf(what, context);
  if (move === null) throw new UsageError('Say list, move or restore.', 'provider');
  return runMove(context, move);
}

async function runList(context: Context): Promise<number> {
  const { repairs, vault, given, out } = context;
  const stray = (['from', 'to', 'thread', 'plan', 'yes'] as const).find(name => given.has(name));
  if (stray !== undefined)
    throw new UsageError(`provider list has no option --${stray}.`, 'provider');
  const report = await context.scan();
  const list = listProviders(report, await repairs.originals(report, vault));
  out(given.has('json') ? inJson(providersJson(list)) : renderProviders(list, context));
  return DONE;
}

/** Null for a word that is none of ours. */
function moveOf(what: string, { given }: Context): ((report: Report) => ProviderMove) | null {
  const threads = (report: Report) =>
    given.has('thread') ? given.list('thread').map(id => resolveThread(id, report)) : null;
  if (what === 'restore') {
    if (given.has('from') || given.has('to'))
      throw new UsageError(
        'restore gives each thread its own provider back: it takes no --from and no --to.',
        'provider',
      );
    return report => ({ kind: 'restore', threads: threads(report) });
  }
  if (what !== 'move') return null;
  const [from, to] = [given.text('from'), given.text('to')];
  if (from === null || to === null)
    throw new UsageError(
      'From which provider to which? Say --from PROVIDER --to PROVIDER.',
      'provider',
    );
  return report => ({ kind: 'move', from, to, threads: threads(report) });
}

/** A beginning that is nobody's stays as it is: the plan says that there is no such thread. */
function resolveThread(typed: string, { snapshot }: Report): string {
  const found = snapshot.threads.filter(({ id }) => id.startsWith(typed.toLowerCase()));
  const exact = found.find(({ id }) => id === typed.toLowerCase());
  const [only] = found;
  if (exact !== undefined || only === undefined) return exact?.id ?? typed;
  if (found.length > 1)
    throw new UsageError(`${String(found.length)} threads begin with "${typed}".`, 'provider');
  return only.id;
}

async function runMove(
  context: Context,
  makeMove: (report: Report) => ProviderMove,
): Promise<number> {
  const { repairs, vault, given, out, progress, surroundings } = context;
  const report = await context.scan();
  const move = makeMove(report);
  const plan = await repairs.planMove(report, move, vault);
  refuseOtherPlan(plan, given.text('plan'), 'the same words without --plan');
  const isJson = given.has('json');
  if (!isJson) out(renderMovePlan(plan, context));
  if (plan.units.length === 0) {
    if (isJson) out(inJson(movedJson(plan, null, context)));
    return DONE;
  }
  await demandConsent(context);
  const signal = surroundings.hearInterrupts();
  try {
    const request = { move, sha: plan.sha, vault, signal, progress: progress.tell };
    const moved = await repairs.applyMove(report, () => context.scan(), request);
    progress.end();
    out(isJson ? inJson(movedJson(moved.plan, moved, context)) : renderMoved(moved, context));
    return moved.failed.length + moved.confirmation.missing.length === 0 ? DONE : FINDINGS;
  } finally {
    progress.end();
  }
}
