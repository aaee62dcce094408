// The story of a home that several hosts share, from the mix-up to the split and back again: an ssh server for
// each of them, one home directory, and the real Codex on all, started there as an editor starts it.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type {
  HostEntry,
  SharedHome,
  SplitMade,
  SplitProposal,
  Undone,
} from '../../src/engine/engine.ts';
import type { HostTook } from '../../src/engine/model/host.ts';
import type { Receipt } from '../../src/engine/model/plan.ts';
import { homePicture, timesOf, type HomePicture } from '../support/codex/homePicture.ts';
import type { HistoryMode } from '../support/codex/makeHome.ts';
import { startMockProvider, type MockProvider } from '../support/codex/mockProvider.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';
import { withEditorOn } from '../support/hosts/editorThere.ts';
import { canHaveHosts, NEEDS_HOSTS } from '../support/hosts/lab.ts';
import {
  APART,
  idsOf,
  ONE,
  TWO,
  withMixedUpHome,
  type Ids,
  type MixedUp,
} from '../support/hosts/mixedUpHome.ts';
import { startCodexOn } from '../support/hosts/onHosts.ts';
import { only, tellAll, type Told } from '../support/hosts/sharedHome.ts';

/** They wait for each other's processors, where there are few. */
const LONG_MS = 400_000;

interface Kind {
  readonly version: string;
  readonly mode: HistoryMode;
  /** 0.160 writes into a thread when it is resumed, which undo then leaves where it was written. */
  readonly writesAtResume: boolean;
}

const isPossible = canHaveHosts();
let provider: MockProvider;

beforeAll(async () => {
  provider = await startMockProvider();
});
afterAll(() => provider.close());
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

// Side by side, since most of it is waiting for Codex to write its log.
test.concurrent.each<Kind>([
  { version: '0.169.0', mode: 'paginated', writesAtResume: false },
  { version: '0.160.0', mode: 'paginated', writesAtResume: true },
  { version: '0.142.0', mode: 'legacy', writesAtResume: false },
])(
  'A home that hosts share, Codex $version: from the mix-up to the split, and back',
  { timeout: LONG_MS },
  async ({ version, mode, writesAtResume }) => {
    await withMixedUpHome([version, mode], provider.port, async mixedUp => {
      await seeWhoShares(mixedUp);
      await seeWhoseIsWhose(mixedUp);
      await beWarnedBeforeResuming(mixedUp);

      const { home } = mixedUp;
      const before = await listedOn(mixedUp, TWO);
      const { told } = before;
      expect(before.home).toBe(home);
      const picture = pictureOf(mixedUp);
      const homes = await split(mixedUp);
      for (const host of [ONE, TWO])
        expect(await listedOn(mixedUp, host)).toEqual({
          home: homes[host],
          told: of(told, mixedUp, host),
        });
      expect(await listedOn(mixedUp, ONE, home)).toEqual({ home, told: of(told, mixedUp, null) });
      if (!writesAtResume) await resumeWhereTheyBelong(mixedUp);

      expect(await undo(mixedUp)).toEqual([]);
      expect(pictureOf(mixedUp)).toEqual(picture);
      for (const host of [ONE, TWO]) expect(await listedOn(mixedUp, host)).toEqual(before);
      expect(Object.values(homes).flatMap(rolloutFiles)).toEqual([]);
      // What Codex itself has left in those homes does not stand in the way of another split.
      expect((await planSplit(mixedUp)).staying).toHaveLength(2);
    });
  },
);

async function seeWhoShares({ home, type }: MixedUp): Promise<void> {
  const { hosts, shared } = JSON.parse(await type(ONE, 'hosts', '--json')) as {
    readonly hosts: readonly HostEntry[];
    readonly shared: readonly SharedHome[];
  };
  expect(hosts.flatMap(({ gaps }) => gaps)).toEqual([]);
  expect(shared).toMatchObject([{ path: home, areVersionsMixed: false, opaqueServers: 0 }]);
  expect(new Set(shared[0]?.hosts)).toEqual(new Set([ONE, TWO]));
  expect(shared[0]?.because).toContain('Their installation ids are the same.');
  expect(hosts.find(({ name }) => name === APART)?.threads).toBe(0);
  const found = await findingsOn(TWO, 'home-shared', type);
  expect(found.map(({ says }) => says)).toEqual([expect.stringContaining(`(${ONE} and ${TWO})`)]);
}

async function seeWhoseIsWhose({ ids, type }: MixedUp): Promise<void> {
  const { threads } = JSON.parse(await type(ONE, 'threads', '--all', '--json')) as {
    readonly threads: readonly { readonly id: string; readonly host: TheHost }[];
  };
  const told = Object.fromEntries(
    Object.entries(ids).map(([key, id]) => [
      key,
      inShort(threads.find(one => one.id === id)?.host),
    ]),
  );
  const nobodyKnows = /^unknown: Several hosts use this home, and nothing tells whose it is\.$/;
  const inLog = (host: string) =>
    new RegExp(`^inferred ${host}: Codex's own log says that it was open on ${host}\\.`);
  const seen = (host: string) =>
    new RegExp(`^seen ${host}: It was seen being written on ${host}\\.`);
  const expected: Readonly<Record<keyof Ids, RegExp>> = {
    seenOnOne: seen(ONE),
    loggedOnOne: inLog(ONE),
    putAwayOnOne: inLog(ONE),
    folderOnOne: /^inferred gpu-1: Its folder is only on gpu-1\.$/,
    mixedUp:
      /^conflict: It was used on several hosts\. It was seen being written on gpu-1\. It was seen being written on gpu-2\./,
    seenOnTwo: seen(TWO),
    loggedOnTwo: inLog(TWO),
    putAwayOnTwo: inLog(TWO),
    forgotten: nobodyKnows,
    forgottenAndPutAway: nobodyKnows,
  };
  expect(told).toEqual(
    Object.fromEntries(
      Object.entries(expected).map(([key, says]) => [key, expect.stringMatching(says) as string]),
    ),
  );
  await type(TWO, 'hosts', 'pin', ONE, '--thread', ids.mixedUp);
  const strange = await findingsOn(TWO, 'thread-other-host', type);
  expect(
    strange.map(one => `${one.threads.join(' ')} ${String(one.facts['host'])}`).sort(),
  ).toEqual(
    idsOf(ids, ONE)
      .map(id => `${id} ${ONE}`)
      .sort(),
  );
}

interface TheHost {
  readonly name: string | null;
  readonly confidence: string;
  readonly evidence: string;
}

function inShort(host: TheHost | undefined): string {
  const name = host?.name == null ? '' : ` ${host.name}`;
  return `${host?.confidence ?? ''}${name}: ${host?.evidence ?? ''}`;
}

interface Found {
  readonly check: string;
  readonly says: string;
  readonly threads: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

async function findingsOn(host: string, check: string, type: MixedUp['type']) {
  const { findings } = JSON.parse(await type(host, 'scan', '--check', check, '--json')) as {
    readonly findings: readonly Found[];
  };
  return findings;
}

/** An editor whose window is on a host asks our server there before it opens a thread. */
async function beWarnedBeforeResuming({ lab, ids, home }: MixedUp): Promise<void> {
  await withEditorOn(lab, TWO, { home, hosts: [ONE] }, async editor => {
    const guard = async (id: string) => (await editor.ask('codexHealth/thread', { id }))?.elsewhere;
    expect(await guard(ids.mixedUp)).toEqual({
      ...{ host: ONE, alias: ONE, here: TWO, isOnlyThere: false },
      evidence: expect.arrayContaining(['You said that it belongs to gpu-1.']) as string[],
    });
    expect((await guard(ids.loggedOnOne))?.host).toBe(ONE);
    expect(await guard(ids.seenOnTwo)).toBeNull();
    expect(await guard(ids.forgotten)).toBeNull();
  });
}

interface Listed {
  readonly home: string;
  readonly told: Told;
}

/** What a fresh app server there says of itself, and of all threads that it lists. */
async function listedOn({ lab }: MixedUp, host: string, home?: string): Promise<Listed> {
  const server = await startCodexOn(lab, host, home);
  try {
    const { codexHome } = server.greeting as { readonly codexHome: string };
    return { home: codexHome, told: await tellAll(server) };
  } finally {
    await server.stop();
  }
}

/** Each host goes on with its own threads, in their folder, and does not have those of the other. */
async function resumeWhereTheyBelong({ lab, ids, folders }: MixedUp): Promise<void> {
  for (const [host, own, strange] of [
    [ONE, ids.mixedUp, ids.seenOnTwo],
    [TWO, ids.seenOnTwo, ids.mixedUp],
  ] as const) {
    const server = await startCodexOn(lab, host);
    try {
      const { cwd } = (await server.call('thread/resume', { threadId: own })) as { cwd: string };
      expect(cwd).toBe(own === ids.mixedUp ? folders.onOne : folders.both);
      expect(lab.run(host, `test -d ${cwd} && echo there`)).toBe('there\n');
      expect(await server.ask('thread/resume', { threadId: strange })).toMatchObject({
        error: { message: expect.stringContaining('no rollout found') as string },
      });
    } finally {
      await server.stop();
    }
  }
}

function of(told: Told, { ids }: MixedUp, host: string | null): Told {
  return only(told, idsOf(ids, host));
}

/** As it is shown, and then as it is done, on one of the hosts. */
async function split(mixedUp: MixedUp): Promise<Readonly<Record<string, string>>> {
  const { type, ids } = mixedUp;
  const shown = await planSplit(mixedUp);
  expect(shown.staying.map(({ thread, because }) => [thread, because]).sort()).toEqual(
    idsOf(ids, null)
      .map(id => [id, 'unknown'])
      .sort(),
  );
  expect([shown.leftOut.map(({ name }) => name), shown.inTheWay]).toEqual([[APART], []]);
  const words = ['hosts', 'split', '--inferred', '--plan', shown.plan, '--yes', '--json'];
  const made = JSON.parse(await type(ONE, ...words)) as MadeSplit;
  expect([made.failed, made.unplanned]).toEqual([[], []]);
  expect(made.homes.map(({ host, threads }) => [host, [...threads].sort()])).toEqual(
    [ONE, TWO].map(host => [host, [...idsOf(ids, host)].sort()]),
  );
  expect(made.homes.flatMap(({ strange, missing }) => [...strange, ...missing])).toEqual([]);
  expect(made.took.map(({ host, answer }) => [host, answer])).toEqual([
    [ONE, 'yes'],
    [TWO, 'yes'],
  ]);
  expect(await findingsOn(ONE, 'split-not-effective', type)).toEqual([]);
  return Object.fromEntries(made.homes.map(({ host, home }) => [host, home]));
}

async function planSplit({ type }: MixedUp): Promise<ShownSplit> {
  return JSON.parse(await type(ONE, 'hosts', 'split', '--inferred', '--json')) as ShownSplit;
}

interface ShownSplit extends Pick<SplitProposal, 'leftOut' | 'staying'> {
  readonly plan: string;
  readonly inTheWay: readonly unknown[];
}

interface MadeSplit extends Pick<SplitMade, 'homes'>, Pick<Receipt, 'failed' | 'unplanned'> {
  readonly took: readonly HostTook[];
}

async function undo({ home, type }: MixedUp): Promise<Undone['left']> {
  // A command over ssh has the new home by now.
  const undone = await type(TWO, 'undo', '--home', home, '--yes', '--json');
  return (JSON.parse(undone) as Undone).left;
}

/** The home and the times of its conversations, the start-up files, and the home of the host with its own. */
function pictureOf({ lab, home }: MixedUp): HomePicture {
  const apart = homePicture(path.join(lab.homeOf(APART), '.codex'));
  const files = [
    path.join(home, 'auth.json'),
    ...fs.readdirSync(lab.home).flatMap(name => (/^\.(?:bash|pro)/.test(name) ? [name] : [])),
  ];
  return {
    ...homePicture(home),
    ...Object.fromEntries(Object.entries(apart).map(([name, text]) => [`apart ${name}`, text])),
    times: timesOf({ folder: home }).join('\n'),
    others: files.map(file => asItIs(path.resolve(lab.home, file))).join('\n'),
  };
}

function asItIs(file: string): string {
  const { mtimeNs, mode } = fs.statSync(file, { bigint: true });
  // Times are put back to the microsecond.
  return `${file} ${String(mode)} ${String(mtimeNs / 1000n)} ${fs.readFileSync(file, 'utf8')}`;
}
