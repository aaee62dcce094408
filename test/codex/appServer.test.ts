// Our own client of the app server, with the real ones: what they answer, and how they fail.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppServerRefusal, type AppServer, type StartRequest } from '../../src/engine/hands.ts';
import { createAppServers, type AppServerLimits } from '../../src/node/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { findStateDatabase, removeDatabase, withDatabase } from '../support/codex/databases.ts';
import { copyHome, makeHome, type CodexHome } from '../support/codex/makeHome.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';

const VERSIONS = ['0.142.0', '0.160.0', '0.169.0'];
const codexes = new Map<string, string>();

beforeAll(async () => {
  for (const version of VERSIONS) codexes.set(version, await installCodex(version));
}, 600_000);

describe.each(VERSIONS)('Codex %s', version => {
  test('starts, answers, refuses, and leaves no Codex that runs', () =>
    withHome(version, async home => {
      const server = await start(home);
      expect(runningOn(home)).toHaveLength(1);
      expect(server.userAgent).toMatch(`/${version} `);
      const known = ['thread/list', 'thread/delete', 'foo/bar'].map(name => server.knows(name));
      expect(await Promise.all(known)).toEqual([true, true, false]);
      const refusal = await server
        .call('thread/read', { threadId: NOBODY })
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(AppServerRefusal);
      expect(refusal).toMatchObject({ code: -32600, message: `thread not loaded: ${NOBODY}` });
      await server.end();
      expect(runningOn(home)).toEqual([]);
    }));

  test('lists all threads, in pages of any size', () =>
    withHome(version, async home => {
      const { X, ...shown } = home.ids;
      begin(home, '1700000000 + 10 * rowid');
      const server = await start(home);
      for (const limit of [100, 2, 1])
        expect(await list(server, { limit })).toEqual(Object.values(shown).sort());
      expect(await list(server, { archived: true })).toEqual([X]);
      await server.end();
    }));

  // Up to 0.160 a cursor names a second, and threads of that second behind it are never listed.
  test('may lose threads that were begun in the same second as the last one of a page', () =>
    withHome(version, async home => {
      begin(home, '1700000000');
      const server = await start(home);
      expect(await list(server, { limit: 100 })).toHaveLength(5);
      expect(await list(server, { limit: 2 })).toHaveLength(version === '0.169.0' ? 5 : 2);
      await server.end();
    }));

  test('that cannot start on a home says why, as far as it does', () =>
    withHome(version, async home => {
      changeState(
        home,
        'DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)',
      );
      const { message } = await start(home).then(
        () => new Error('it started'),
        (error: unknown) => error as Error,
      );
      const place = `under ${home.folder}: failed to initialize state runtime at ${home.folder}`;
      const cause =
        `: failed to migrate state DB at ${home.folder}/state_5.sqlite: while executing migration 62: ` +
        'error returned from database: (code: 1) duplicate column name: attached_thread_parent_id';
      expect(message).toBe(
        `Codex did not start: failed to initialize sqlite state runtime ${place}` +
          // Releases before 0.169 keep the cause to themselves.
          (version === '0.169.0' ? cause : ''),
      );
      expect(runningOn(home)).toEqual([]);
    }));

  // One that is killed meanwhile leaves an index that no other Codex waits for longer than 30 s.
  test('that is stopped while it makes its index leaves a whole one', () =>
    withHome(version, async home => {
      removeDatabase(findStateDatabase(home.folder) ?? '');
      const stop = new AbortController();
      const failed = start(home, { request: { signal: stop.signal }, limits: { afterInputMs: 1 } });
      stop.abort();
      await expect(failed).rejects.toThrow('aborted');
      expect(runningOn(home)).toEqual([]);
      expect(askState(home, 'SELECT status FROM backfill_state')).toEqual(['complete']);
      const ids = askState(home, 'SELECT id FROM threads ORDER BY id');
      expect(ids).toEqual(Object.values(home.ids).sort());
    }));

  test('finds its databases in another folder', () =>
    withHome(version, async home => {
      const elsewhere = path.join(home.folder, '..', 'databases');
      fs.mkdirSync(elsewhere);
      for (const name of fs.readdirSync(home.folder))
        if (name.includes('.sqlite'))
          fs.renameSync(path.join(home.folder, name), path.join(elsewhere, name));
      const server = await start(home, { request: { sqliteHome: elsewhere } });
      const { thread } = (await server.call('thread/read', { threadId: home.ids.N })) as {
        thread: { name: string };
      };
      expect(thread.name).toBe('My Name');
      await server.end();
      expect(findStateDatabase(home.folder)).toBeNull();
    }));
});

async function withHome(version: string, use: (home: CodexHome) => Promise<void>): Promise<void> {
  const sound = await makeHome(version, 'legacy');
  await withScratchFolder(root => use(copyHome(sound, path.join(root, 'home'))));
}

interface Given {
  readonly limits?: Partial<AppServerLimits>;
  readonly request?: Partial<StartRequest>;
}

async function start(home: CodexHome, { limits, request }: Given = {}): Promise<AppServer> {
  const codex = codexes.get(home.version) ?? '';
  const given = { codex, home: home.folder, sqliteHome: null, ...request };
  return createAppServers(limits).start(given);
}

/** Threads of the index, whichever kind they are of; without a list of kinds, `codex exec` is left out. */
async function list(server: AppServer, params: object): Promise<string[]> {
  const sourceKinds = ['cli', 'vscode', 'exec', 'appServer'];
  const given = { sourceKinds, useStateDbOnly: true, ...params };
  const threads = await server.pages('thread/list', given);
  return threads.map(thread => (thread as { id: string }).id).sort();
}

/** Lets the threads have been begun at other times. */
function begin(home: CodexHome, second: string): void {
  changeState(
    home,
    `UPDATE threads SET created_at = ${second}, created_at_ms = (${second}) * 1000`,
  );
}

function askState(home: CodexHome, question: string): unknown[] {
  return withDatabase(findStateDatabase(home.folder) ?? '', database =>
    database
      .prepare(question)
      .all()
      .map(row => Object.values(row)[0]),
  );
}

function changeState(home: CodexHome, statement: string): void {
  withDatabase(findStateDatabase(home.folder) ?? '', database => database.exec(statement));
}

/**
 * The app servers that were started on a home, by their environment. What Codex starts itself, as git and
 * `lsb_release`, is in the group of its Codex, and may come to its own end a moment after it.
 */
function runningOn(home: CodexHome): string[] {
  const columns = 'pid=,pgid=,command=';
  const listed = execFileSync('ps', ['axeww', '-o', columns], { encoding: 'utf8' });
  return listed
    .split('\n')
    .filter(line => line.includes(`CODEX_HOME=${home.folder}`))
    .filter(line => /^\s*(\d+)\s+\1\s/.test(line));
}
