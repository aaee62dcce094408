// What has come of a split, and whether each of its hosts uses its new home.

import type { HomeConfirmation, SplitMade } from '../../engine/engine.ts';
import type { HostTook, PlannedSplit } from '../../engine/model/host.ts';
import { count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import { sayTook } from '../../words/hostTook.ts';
import type { Context } from '../command.ts';
import { quoted } from '../paths.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

/** `made` is null when nothing was done. */
export function madeJson(made: SplitMade | null, took: readonly HostTook[], context: Context) {
  return {
    receipt: made?.receipt.id ?? null,
    applied: made?.receipt.applied ?? 0,
    failed: made?.receipt.failed ?? [],
    unplanned: made?.receipt.unplanned ?? [],
    recovered: (made?.recovered ?? []).map(one => one.receipt),
    split: made?.split ?? null,
    homes: made?.homes ?? [],
    rest: made?.rest ?? null,
    took,
    undo: made?.split == null ? null : undoOf(made.split, context),
  };
}

export function tookJson(split: PlannedSplit, took: readonly HostTook[]) {
  return { schemaVersion: 1, split, took };
}

export function renderMade(made: SplitMade, took: readonly HostTook[], context: Context): string {
  const { paint, width } = context.page;
  const { receipt, recovered, split, homes, rest } = made;
  const moved = homes.reduce((sum, { threads }) => sum + threads.length, 0);
  const lines = [
    '',
    ...recovered.map(
      one => `A repair that had been stopped in the middle (${one.receipt}) was taken back first.`,
    ),
    ...wrap(
      split === null
        ? 'The home could not be split; all is as it was.'
        : `The home is split: ${count(moved, 'thread')} went to ${count(homes.length, 'host')}.`,
      width,
    ).map(paint.bold),
    ...listed(
      'Could not be done',
      receipt.failed.map(({ what, why }) => `${what}: ${why}.`),
      width,
    ),
    ...listed('Codex changed besides', receipt.unplanned, width),
    ...homes.flatMap(home => aboutHome(home, context)),
    ...listed(
      rest.codex === null
        ? `The old home was not confirmed (${rest.why ?? ''}); not seen to be listed`
        : `${rest.codex} does not list in the old home any more`,
      rest.missing,
      width,
    ),
    ...(split === null ? [] : ['', ...aboutHosts(took, context), ...wayBack(split, context)]),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderTook(
  split: PlannedSplit,
  took: readonly HostTook[],
  context: Context,
): string {
  return `${[...aboutHosts(took, context), ...wayBack(split, context)].join('\n')}\n`;
}

function aboutHome(
  { host, threads, strange, missing, why }: HomeConfirmation,
  { page: { width, paint } }: Context,
): readonly string[] {
  if (why !== null)
    return listed(
      `Codex could not be asked what it lists for ${host}: ${why}; not confirmed`,
      missing,
      width,
    );
  if (strange.length + missing.length === 0)
    return wrap(
      harmless(
        `Codex was asked, and lists for ${host} just what went there (${count(threads.length, 'thread')}).`,
      ),
      width,
    ).map(paint.green);
  return [
    ...listed(`Codex does not list for ${host}`, missing, width),
    ...listed(`Codex lists for ${host} what was not to go there`, strange, width),
  ];
}

function aboutHosts(took: readonly HostTook[], context: Context): readonly string[] {
  const { page, typed } = context;
  const { paint, width } = page;
  const bad = took.filter(({ answer }) => answer !== 'yes');
  const head =
    bad.length === 0
      ? 'Every host uses its own home.'
      : 'Not every host was seen to use its own home.';
  return [
    ...wrap(head, width).map(bad.length === 0 ? paint.green : paint.yellow),
    ...took.flatMap(one => aboutHost(one, context)),
    ...(bad.length === 0
      ? []
      : wrap(`When that is put right: ${typed('hosts confirm')} asks again.`, width)),
  ];
}

const ANSWERS = {
  yes: 'uses its home',
  no: 'does not use its home',
  unknown: 'could not be asked',
} as const;

function aboutHost(took: HostTook, { page }: Context): readonly string[] {
  const { host, home, answer } = took;
  return [
    `${page.paint.bold(harmless(host))}  ${ANSWERS[answer]}: ${page.path(home, page.width - host.length - ANSWERS[answer].length - 4)}`,
    ...sayTook(took, page.path).flatMap(text => wrapIndented(harmless(text), page.width, '  ')),
  ];
}

/** Whoever starts a shell anew has another home in it by then: the one that was split is named. */
function undoOf({ home, receipt }: PlannedSplit, { given, typed, world }: Context): string {
  const command = typed(`undo ${receipt}`);
  if (given.text('home') !== null) return command;
  return `${command} --home ${quoted(home, world.machine.system)}`;
}

function wayBack(split: PlannedSplit, context: Context): readonly string[] {
  const { width, paint } = context.page;
  return wrap(`To take the split back: ${undoOf(split, context)}`, width).map(paint.dim);
}

function listed(title: string, items: readonly string[], width: number): readonly string[] {
  if (items.length === 0) return [];
  return [
    ...wrap(`${title}:`, width),
    ...items.flatMap(item => wrapIndented(harmless(item), width, '  ')),
  ];
}
