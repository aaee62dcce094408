// A home on a network file system, used by several hosts or by one: this host gets its databases on a disk of its
// own. The real Codex, started by a shell that reads the lines which were put there, says of every thread what
// it said before; the other host goes on as before; undone, all is as it was.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { DatabasesWish } from '../../src/engine/engine.ts';
import type { Filesystem } from '../../src/engine/model/database.ts';
import { createHosts } from '../../src/node/hosts/hosts.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { withDatabase } from '../support/codex/databases.ts';
import { askAll } from '../support/codex/askAll.ts';
import { askFurniture, furnish } from '../support/codex/furnish.ts';
import { homePicture, pictureDifferences, timesOf } from '../support/codex/homePicture.ts';
import {
  copyHome,
  homeKinds,
  makeHome,
  useProviderPort,
  type CodexHome,
} from '../support/codex/makeHome.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';
import { takeTurn } from '../support/codex/askThreads.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';

let programs: NodeWorld;

beforeAll(() => {
  programs = createOurWorld(inject('programs'));
});
afterAll(() => programs.close());

test.each(homeKinds)(
  'Codex %s, %s history: copied, for a home that others use',
  async (...kind) => {
    await withScratchFolder(async root => {
      const { home, codex, world, local, wish, asked } = await sharedHome(root, 'stay', ...kind);
      const before = homePicture(home.folder);
      const times = timesOf(home);
      const bytes = databasesIn(home.folder);
      const { repairs, scan } = workOn(world, home.folder, codex);
      const report = await scan();
      expect(report.findings.map(({ check }) => check)).toContain('database-on-network-filesystem');
      const plan = await repairs.planOwnDatabases(report, wish);
      const request = { wish, sha: plan.sha, vault: null };
      const made = await repairs.applyOwnDatabases(report, scan, request);
      expect([made.receipt.failed, made.receipt.unplanned]).toEqual([[], []]);
      expect([made.answer, made.wrong, made.stale]).toEqual(['yes', [], []]);
      expect([made.confirmation.why, made.confirmation.missing]).toEqual([null, []]);
      // Those of the other hosts are as they were, to the byte.
      expect(databasesIn(home.folder)).toEqual(bytes);

      const here = throughShell(root, codex);
      expect(await askAll(here, home)).toEqual(asked);
      expect(fs.readdirSync(local)).toContain('state_5.sqlite');
      // Who looks from a new login finds them there, and nothing that would be wrong with it.
      const anew = workOn(withSqliteHome(world, local), home.folder, codex);
      expect((await anew.scan()).findings.map(({ check }) => check)).toEqual(
        report.findings
          .map(({ check }) => check)
          .filter(check => check !== 'database-on-network-filesystem'),
      );
      expect(await askAll(codex, home)).toEqual(asked);

      const { left } = await anew.repairs.undo(await anew.scan(), made.receipt.id, null);
      expect(left).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
      expect(timesOf(home)).toEqual(times);
      expect(fs.readFileSync(path.join(root, '.bashrc'), 'utf8')).toBe(BASHRC);
      expect(fs.readdirSync(local).filter(name => name.endsWith('.sqlite'))).toEqual([]);
      expect(await askAll(here, home)).toEqual(asked);
    });
  },
);

test.each(homeKinds)('Codex %s, %s history: moved, for a home of one machine', async (...kind) => {
  await withScratchFolder(async root => {
    const { home, codex, world, local, wish, asked } = await sharedHome(root, 'go', ...kind);
    const before = homePicture(home.folder);
    const bytes = databasesIn(home.folder);
    const { repairs, scan } = workOn(world, home.folder, codex);
    const report = await scan();
    const plan = await repairs.planOwnDatabases(report, wish);
    const request = { wish, sha: plan.sha, vault: null };
    const made = await repairs.applyOwnDatabases(report, scan, request);
    expect(made.receipt.failed).toEqual([]);
    expect([made.answer, made.confirmation.why, made.confirmation.missing]).toEqual([
      'yes',
      null,
      [],
    ]);
    expect(databasesIn(home.folder)).toEqual({});
    expect((await scan()).findings.map(({ check }) => check)).toContain('own-databases-not-used');

    const here = throughShell(root, codex);
    expect(await askAll(here, home)).toEqual(asked);
    expect(databasesIn(home.folder)).toEqual({});

    const anew = workOn(withSqliteHome(world, local), home.folder, codex);
    const { left } = await anew.repairs.undo(await anew.scan(), made.receipt.id, null);
    expect(left).toEqual([]);
    expect(databasesIn(home.folder)).toEqual(bytes);
    expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    expect(await askAll(codex, home)).toEqual(asked);
  });
});

test.each(homeKinds)(
  'Codex %s, %s history: what was given there since stays there',
  async (...kind) => {
    const provider = await startMockProvider();
    try {
      await withScratchFolder(async root => {
        const { home, codex, world, local, wish } = await sharedHome(root, 'stay', ...kind);
        useProviderPort(home, provider.port);
        const { repairs, scan } = workOn(world, home.folder, codex);
        const report = await scan();
        const { sha } = await repairs.planOwnDatabases(report, wish);
        const made = await repairs.applyOwnDatabases(report, scan, { wish, sha, vault: null });
        const here = throughShell(root, codex);
        // Resumed, gone on with, named and archived with the databases of this host.
        expect(await takeTurn(here, home, 'A', 'gone on here')).toBe('completed');
        const server = await startAppServer(here, home.folder);
        await server.call('thread/name/set', { threadId: home.ids.B, name: 'Named here' });
        await server.call('thread/archive', { threadId: home.ids.C });
        await server.stop();
        const listed = await askFurniture(here, home);
        expect(listed[home.ids.B]).toContain('Named here');
        const elsewhere = await askFurniture(codex, home);
        const isPaginated = home.mode === 'paginated';
        expect(elsewhere[home.ids.B]?.includes('Named here')).toBe(!isPaginated);
        expect(Object.keys(elsewhere)).not.toContain(home.ids.C);

        const anew = workOn(withSqliteHome(world, local), home.folder, codex);
        const { left } = await anew.repairs.undo(await anew.scan(), made.receipt.id, null);
        expect(left.map(({ what }) => path.basename(what))).toContain('state_5.sqlite');
        expect(left.every(({ why }) => why.includes('so that it stays'))).toBe(true);
        expect(fs.readFileSync(path.join(root, '.bashrc'), 'utf8')).toBe(BASHRC);
        const named = withDatabase(path.join(local, 'state_5.sqlite'), database =>
          database.prepare('SELECT * FROM threads WHERE id = ?').get(home.ids.B),
        );
        expect(Object.values(named ?? {})).toContain('Named here');
      });
    } finally {
      await provider.close();
    }
  },
);

const BASHRC = 'case $- in *i*) ;; *) return;; esac\nalias l=ls';

async function sharedHome(
  root: string,
  old: DatabasesWish['old'],
  version: string,
  mode: CodexHome['mode'],
) {
  const codex = await installCodex(version);
  const home = copyHome(await makeHome(version, mode), path.join(root, '.codex'));
  await furnish(codex, home);
  withDatabase(path.join(home.folder, 'goals_1.sqlite'), database => {
    database
      .prepare("INSERT INTO thread_goals VALUES (?, 'a', 'To be done', 'paused', NULL, 0, 0, 1, 1)")
      .run(home.ids.A);
  });
  fs.writeFileSync(path.join(root, '.bashrc'), BASHRC);
  const asked = await askAll(codex, home);
  const local = path.join(root, 'disk-of-this-host', 'databases');
  const world = worldOn(root, home.folder);
  const { repairs } = workOn(world, home.folder, codex);
  const here = await world.hosts.here({ homes: [] });
  const shells = here.ok ? here.value.starts.map(({ shell }) => shell) : [];
  const startUp = await repairs.proposeStartUp(shells);
  return { home, codex, world, local, wish: { folder: local, old, startUp }, asked };
}

/** The home lies on NFS, which is said at the port; a shell that is started has its home directory here. */
function worldOn(root: string, home: string): NodeWorld {
  const nfs: Filesystem = { type: 'nfs4', isNetwork: true, mountPoint: home, options: 'rw' };
  const kept = new Map<string, string>();
  const environment = { HOME: root };
  return {
    ...programs,
    machine: { ...programs.machine, userHome: root },
    files: {
      ...programs.files,
      filesystem: async file =>
        file.startsWith(fs.realpathSync(home)) ? nfs : programs.files.filesystem(file),
    },
    keep: {
      read: name => Promise.resolve({ ok: true, value: kept.get(name) ?? null }),
      list: () => Promise.resolve({ ok: true, value: [] }),
      write: (name, text) => Promise.resolve({ ok: true, value: void kept.set(name, text) }),
    },
    hosts: createHosts({ scanner: null, environment, userHome: root, sshArguments: [] }),
  };
}

function withSqliteHome(world: NodeWorld, folder: string): NodeWorld {
  const environment = { ...world.machine.environment, CODEX_SQLITE_HOME: folder };
  return { ...world, machine: { ...world.machine, environment } };
}

/** Codex as a shell starts it that has read its start-up file. */
function throughShell(root: string, codex: string): string {
  const program = path.join(root, 'codex-in-a-shell');
  const lines = [
    '#!/bin/bash',
    `BASH_ENV='${path.join(root, '.bashrc')}' exec bash -c 'exec "$0" "$@"' '${codex}' "$@"`,
  ];
  fs.writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 });
  return program;
}

/** The bytes of each database and of its log; what only its users share in memory is left out. */
function databasesIn(folder: string): Readonly<Record<string, string>> {
  const names = fs.readdirSync(folder).filter(name => /\.sqlite(?:-wal)?$/.test(name));
  return Object.fromEntries(
    names.map(name => [name, fs.readFileSync(path.join(folder, name), 'latin1')]),
  );
}
