// `hosts local-databases`: databases on a disk of this host, for a home that lies elsewhere.

import type { DatabasesMade } from '../../engine/engine.ts';
import type { Plan } from '../../engine/model/plan.ts';
import { bytesInWords, count } from '../../words/amounts.ts';
import { sayDatabasesUsed } from '../../words/databasesTook.ts';
import { harmless } from '../../words/harmless.ts';
import type { Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { demandConsent, refuseOtherPlan } from '../consent.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { pathGiven } from '../paths.ts';
import { planJson } from '../render/plan.ts';
import { inJson } from '../render/reportJson.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

export const LOCAL_DATABASES_USAGE = 'hosts local-databases --to DIR [--alone] [--yes]';

export const LOCAL_DATABASES_DETAILS = `\`local-databases\` gives this host databases in a folder on a disk of its own, where the home is on
a network file system or other hosts use it too. They are copied as they are; start-up files of the shell
tell Codex on this host, and on no other, where they are; conversations stay where they are, for all hosts.
Run it on each host that is to have its own. The databases in the home stay for the other hosts; with
\`--alone\` you say that no other host has this home, and they go into the vault. Afterwards a fresh Codex is
asked whether it lists what it listed before. \`codex-health undo\`, on the same host, takes it back.`;

export async function runLocalDatabases(
  context: Context,
  words: readonly string[],
): Promise<number> {
  const { engine, repairs, vault, given, out, progress, surroundings, world } = context;
  const folder = pathGiven('to', given, world);
  if (words.length > 0 || folder === null)
    throw new UsageError(
      'On which disk of this host? Say hosts local-databases --to DIR, with a folder that is not there yet.',
      'hosts',
    );
  const report = await context.scan();
  const { starts } = await engine.hosts.here(report);
  const shells = [...new Set(starts.map(({ shell }) => shell))];
  const startUp = await repairs.proposeStartUp(shells);
  const wish = { folder, old: given.has('alone') ? 'go' : 'stay', startUp } as const;
  const plan = await repairs.planOwnDatabases(report, wish);
  refuseOtherPlan(plan, given.text('plan'), 'the same words without --plan');
  const isJson = given.has('json');
  if (!isJson) out(renderPlan(plan, context));
  await demandConsent(context);
  const signal = surroundings.hearInterrupts();
  try {
    const request = { wish, sha: plan.sha, vault, signal, progress: progress.tell };
    const made = await repairs.applyOwnDatabases(report, () => context.scan(), request);
    progress.end();
    out(isJson ? inJson(asJson(made, context)) : renderMade(made, context));
    const isWell = made.answer === 'yes' && made.confirmation.missing.length === 0;
    return isWell ? DONE : FINDINGS;
  } finally {
    progress.end();
  }
}

function asJson({ plan, own, receipt, ...made }: DatabasesMade, { typed }: Context) {
  return {
    ...planJson(plan),
    made: own,
    used: { answer: made.answer, wrong: made.wrong, stale: made.stale },
    confirmed: made.confirmation,
    failed: receipt.failed.map(({ what, why }) => ({ what, why })),
    recovered: made.recovered.map(one => one.receipt),
    receipt: receipt.id,
    undo: own === null ? null : typed(`undo ${receipt.id}`),
  };
}

function renderPlan({ units, backupBytes }: Plan, { page: { paint, width } }: Context): string {
  const files = units
    .flatMap(({ steps }) => steps)
    .flatMap(step => (step.kind === 'block' ? [step.file] : []));
  const lines = [
    paint.bold('Databases on a disk of this host'),
    '',
    ...units.flatMap(({ says }) => wrapIndented(harmless(says), width, '  ')),
    '',
    ...wrap(harmless(`Lines are put into ${files.join(', ')}.`), width),
    ...(backupBytes === 0 ? [] : [paint.dim(`Backup: ${bytesInWords(backupBytes)}.`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function renderMade(made: DatabasesMade, { page, typed }: Context): string {
  const { paint, width } = page;
  const { own, receipt, recovered } = made;
  const lines = [
    '',
    ...recovered.map(
      one => `A repair that had been stopped in the middle (${one.receipt}) was taken back first.`,
    ),
    ...(own === null
      ? receipt.failed.slice(0, 1).flatMap(({ why }) => wrap(harmless(`Not done: ${why}.`), width))
      : [
          paint.bold(harmless(`The databases of ${own.host} are in ${own.folder}.`)),
          ...wrap(harmless(sayDatabasesUsed(made)), width),
          ...wrap(harmless(sayConfirmed(made)), width),
          ...wrap('Log in anew, and close terminals and windows that were open before.', width),
          paint.dim(`To take this back, on this host: ${typed(`undo ${receipt.id}`)}`),
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

function sayConfirmed({ confirmation: { codex, why, shown, missing } }: DatabasesMade): string {
  if (missing.length > 0)
    return `Codex was asked, and its lists lack ${count(missing.length, 'thread')} that were in them before. ${why ?? 'Undo it'}.`;
  if (codex === null) return `Codex itself was not asked: ${why ?? 'there was no need'}.`;
  return `${codex} was started with them and lists ${count(shown.length, 'thread')}, all that it listed before.`;
}
