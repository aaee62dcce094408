// The trouble itself: two hosts with one home, threads that real app servers have made on both, and one of them
// gone on with where it does not belong. A third host is there that has a home of its own.

import fs from 'node:fs';
import path from 'node:path';
import { expect, inject } from 'vitest';
import type { AppServer } from '../codex/appServer.ts';
import { installCodex } from '../codex/binaries.ts';
import type { HistoryMode } from '../codex/makeHome.ts';
import { startLab, type Lab } from './lab.ts';
import { installOnHosts, letHostsMeet, startCodexOn, typeOn } from './onHosts.ts';
import { forgetLog, furnishHome, logNames, makeFolder, makeThread, tellAll } from './sharedHome.ts';

export const [ONE, TWO, APART] = ['gpu-1', 'gpu-2', 'apart'] as const;

/** Each thread by what makes it known whose it is; that is this host, or nobody can tell. */
const HOST_OF = {
  seenOnOne: ONE,
  loggedOnOne: ONE,
  putAwayOnOne: ONE,
  folderOnOne: ONE,
  /** It is gone on with on the other host. */
  mixedUp: ONE,
  seenOnTwo: TWO,
  loggedOnTwo: TWO,
  putAwayOnTwo: TWO,
  forgotten: null,
  forgottenAndPutAway: null,
} as const;

export type Ids = Readonly<Record<keyof typeof HOST_OF, string>>;

export function idsOf(ids: Ids, host: string | null): readonly string[] {
  return Object.entries(ids).flatMap(([key, id]) =>
    HOST_OF[key as keyof Ids] === host ? [id] : [],
  );
}

interface Place {
  readonly lab: Lab;
  readonly home: string;
  readonly mode: HistoryMode;
  /** A folder that both have, and one that only the first has. */
  readonly folders: { readonly both: string; readonly onOne: string };
  /** Types `codex-health …` there, and returns what it answers. */
  type(host: string, ...words: readonly string[]): Promise<string>;
}

export interface MixedUp extends Place {
  readonly ids: Ids;
}

/** As on many systems: the rest of the first is only for whoever sits there. */
const STARTS = {
  '.bashrc': 'case $- in *i*) ;; *) return;; esac\nalias l=ls\n',
  '.profile': 'umask 022\n',
} as const;

/** `port`: where the provider listens that all of them use. */
export async function withMixedUpHome(
  [version, mode]: readonly [version: string, mode: HistoryMode],
  port: number,
  use: (home: MixedUp) => Promise<void>,
): Promise<void> {
  // In a home below the folder for temporary files Codex makes less than elsewhere.
  const environment = { TMPDIR: '/run' };
  const lab = await startLab([
    { name: ONE, environment },
    { name: TWO, environment },
    { name: APART, hasOwnHome: true, environment },
  ]);
  try {
    letHostsMeet(lab);
    installOnHosts(lab, await installCodex(version));
    for (const [name, text] of Object.entries(STARTS))
      fs.writeFileSync(path.join(lab.home, name), `PATH="${lab.folder}/bin:$PATH"\n${text}`);
    for (const host of [ONE, APART]) furnishHome(path.join(lab.homeOf(host), '.codex'), port);
    const folders = {
      both: makeFolder(lab, 'project', [ONE, TWO]),
      onOne: makeFolder(lab, 'scratch', [ONE]),
    };
    const type = async (host: string, ...words: readonly string[]) => {
      const { code, out, err } = await typeOn(lab, host, inject('programs'), ...words);
      // With 1 a look ends that has found something.
      expect([code === 1 ? 0 : code, err]).toEqual([0, '']);
      return out;
    };
    const place = { lab, home: path.join(lab.home, '.codex'), mode, folders, type };
    await type(ONE, 'hosts', 'add', ONE, TWO, APART);
    await type(ONE, 'hosts', 'remember', 'yes');
    await use({ ...place, ids: await workOnBoth(place) });
  } finally {
    await lab.close();
  }
}

async function workOnBoth(place: Place): Promise<Ids> {
  const old = await workLongAgo(place);
  const logged = await Promise.all([workUntilLogged(ONE, place), workUntilLogged(TWO, place)]);
  const [
    { plain: loggedOnOne, putAway: putAwayOnOne },
    { plain: loggedOnTwo, putAway: putAwayOnTwo },
  ] = logged;
  return withServer(TWO, place, async two => {
    const ids = {
      ...{ ...old, loggedOnOne, putAwayOnOne, loggedOnTwo, putAwayOnTwo },
      ...(await workWhileSeen(two, place)),
    };
    await mixUp(two, ids, place);
    return ids;
  });
}

async function withServer<T>(
  host: string,
  { lab }: Place,
  use: (server: AppServer) => Promise<T>,
): Promise<T> {
  const server = await startCodexOn(lab, host);
  return use(server).finally(() => server.stop());
}

/** So long that the log does not reach back to it. */
async function workLongAgo(place: Place) {
  const { home, mode, folders } = place;
  const both = { cwd: folders.both, mode };
  const made = await withServer(ONE, place, async server => ({
    folderOnOne: await makeThread(server, 'in a folder of one', { cwd: folders.onOne, mode }),
    forgotten: await makeThread(server, 'long ago', { ...both, name: 'From before' }),
    forgottenAndPutAway: await makeThread(server, 'longer ago', { ...both, isArchived: true }),
  }));
  forgetLog(home);
  return made;
}

/** While nobody looked: what is left of it stands in the log. */
async function workUntilLogged(host: string, place: Place) {
  const { home, mode, folders } = place;
  const both = { cwd: folders.both, mode };
  return withServer(host, place, async server => {
    const plain = await makeThread(server, `first of ${host}`, { ...both, name: `Of ${host}` });
    const putAway = await makeThread(server, `second of ${host}`, { ...both, isArchived: true });
    await logNames(home, [plain, putAway]);
    return { plain, putAway };
  });
}

/** On both hosts somebody looks while it is done; then the one on the first ends. */
async function workWhileSeen(two: AppServer, place: Place) {
  const { mode, folders, type } = place;
  const both = { cwd: folders.both, mode };
  const seenOnTwo = await makeThread(two, 'third of gpu-2', both);
  return withServer(ONE, place, async one => {
    const seenOnOne = await makeThread(one, 'third of gpu-1', { ...both, name: 'Training' });
    const mixedUp = await makeThread(one, 'fourth of gpu-1', {
      ...{ cwd: folders.onOne, mode, name: 'Mixed up' },
    });
    for (const host of [ONE, TWO]) await type(host, 'scan', '--json');
    return { seenOnTwo, seenOnOne, mixedUp };
  });
}

/** One host lists all threads of the other, and goes on with one of them in a folder that is not there. */
async function mixUp(two: AppServer, ids: Ids, { lab, folders, type }: Place): Promise<void> {
  const listed = Object.keys(await tellAll(two));
  expect(listed).toEqual(expect.arrayContaining(Object.values(ids).map(id => `${id} files`)));
  const resumed = await two.call('thread/resume', { threadId: ids.mixedUp });
  expect(resumed).toMatchObject({ cwd: folders.onOne, thread: { name: 'Mixed up' } });
  expect(lab.run(TWO, `test -e ${folders.onOne} || echo it is not there`)).toContain('not there');
  expect(await two.runTurn(ids.mixedUp, 'gone on with elsewhere')).toBe('completed');
  await type(TWO, 'scan', '--json');
}
