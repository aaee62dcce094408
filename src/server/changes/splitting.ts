// What a split asks of other hosts: whom a home could be split for, looks at them that are fresh enough for it
// and for its undo, and whether it has taken on each of them.

import {
  aliasesOf,
  readSplits,
  splitOfHome,
  type Engine,
  type Repairs,
  type SplitWish,
} from '../../engine/engine.ts';
import type { HostHome, HostSight } from '../../engine/model/host.ts';
import type { Report } from '../../engine/model/report.ts';
import type { World } from '../../engine/world.ts';
import type {
  OpenElsewhere,
  SplitChoices,
  SplitConfirmed,
  SplitWished,
  Wish,
} from '../../protocol/repairs.ts';
import { harmless } from '../../words/harmless.ts';
import { sayTook } from '../../words/hostTook.ts';
import { sayLeftOut } from '../../words/leftOut.ts';
import type { Health } from '../health.ts';
import { inEditorWords } from './refusals.ts';
import type { Teller } from './telling.ts';

/** A split as the engine takes it. */
export async function splitWishOf(repairs: Repairs, wish: SplitWished): Promise<SplitWish> {
  const { hosts, shells, shared } = wish;
  return {
    hosts: homesOf(repairs, wish),
    of: new Map(hosts.flatMap(({ host, threads }) => threads.map(id => [id, host] as const))),
    shared,
    startUp: await repairs.proposeStartUp(shells),
  };
}

/** Where each of its hosts gets its home. */
export function homesOf(
  repairs: Pick<Repairs, 'proposeHome'>,
  { hosts }: SplitWished,
): readonly HostHome[] {
  return hosts.map(({ host }) => ({ host, home: repairs.proposeHome(host) }));
}

/** What has to be closed on other hosts before; no other wish asks them anything. */
export function openElsewhere(
  repairs: Repairs,
  report: Report,
  wish: Wish,
  sights: readonly HostSight[],
): readonly OpenElsewhere[] {
  if (wish.kind !== 'split') return [];
  const open = repairs.openElsewhere(report, homesOf(repairs, wish), sights, wish.closed);
  return open.map(({ host, why, next, programs }) => ({
    ...{ host, why: inEditorWords(why), next: inEditorWords(next) },
    programs: programs.map(({ pid, says }) => ({ pid, says })),
  }));
}

/** Refused where there is nothing to split. */
export async function splitChoices(
  engine: Engine,
  repairs: Repairs,
  health: Pick<Health, 'seeHosts'>,
): Promise<SplitChoices> {
  const report = await health.seeHosts();
  const { here, sights } = report.snapshot.hosts;
  const { wish, shells, leftOut, staying } = await repairs.proposeSplit(
    report,
    await engine.hosts.here(report),
    sights,
    // A person says afterwards how the rest is shared, and of which hosts threads go by traces alone.
    { hosts: [], takesInferred: false, shared: 'link', folder: null },
  );
  const going = [...wish.of];
  return {
    hosts: wish.hosts.map(({ host, home }) => ({
      ...{ host, home, isHere: host === here.hostname },
      threads: going.filter(([, its]) => its === host).map(([thread]) => thread),
      inferred: staying
        .filter(one => one.because === 'inferred' && one.host === host)
        .map(({ thread }) => thread),
    })),
    others: leftOut.map(one => ({
      ...{ host: one.name, isUnseen: one.isUnseen },
      says: harmless(sayLeftOut(one)),
    })),
    shells,
  };
}

interface Asking {
  readonly world: World;
  readonly engine: Engine;
  readonly health: Pick<Health, 'settings' | 'view'>;
}

/** Null where there is no such split. Who has had enough is told what is known of each host by then. */
export async function confirmSplit(
  { world, engine, health: { settings, view } }: Asking,
  receipt: string | null,
  signal: AbortSignal,
  { tell }: Pick<Teller, 'tell'>,
): Promise<SplitConfirmed> {
  const { report } = await view();
  const split =
    receipt === null
      ? await splitOfHome(world, report)
      : (await readSplits(world.keep)).find(one => one.receipt === receipt);
  if (split === undefined) return null;
  const aliases = aliasesOf(split.hosts, settings.hosts, report.snapshot.hosts.sights);
  let done = 0;
  const seen = () => tell((done += 1), aliases.length, 'hosts');
  const took = await engine.hosts.confirmSplit(split, { aliases, report, signal, seen });
  return took.map(one => ({
    ...{ host: one.host, home: one.home, answer: one.answer },
    says: sayTook(one, path => path).map(text => harmless(text)),
  }));
}
