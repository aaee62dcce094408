// The first law: looking never changes anything. Held against the built command line as a whole
// process, since a library that opens a file behind our back is no part of our sources.

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startAppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { copyHome, makeHome, useProviderPort } from '../support/codex/makeHome.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';

const CLI = path.join(import.meta.dirname, '../../dist/cli.js');
const COMMANDS = [
  ['scan', '--json'],
  ['scan', '--full'],
  ['threads', '--all'],
  ['scan', '--sarif'],
  ['transcript', 'alpha'],
];

test('a scan leaves a home as it was: names, bytes, times, rights, attributes', () =>
  withScratchFolder(async root => {
    const home = copyHome(await makeHome('0.169.0', 'paginated'), path.join(root, 'home'));
    fs.symlinkSync('sessions', path.join(home.folder, 'a-link'));
    fs.writeFileSync(path.join(home.folder, 'state_5.sqlite-journal'), '');
    spawnSync('setfattr', ['-n', 'user.note', '-v', 'mine', path.join(home.folder, 'config.toml')]);
    const before = picture(home.folder);
    expect(before.some(line => line.includes('user.note'))).toBe(true);
    for (const command of COMMANDS) scan(command, home.folder, root);
    expect(picture(home.folder)).toEqual(before);
  }));

test('beside a running server nothing below the home is written, made, renamed or locked', () =>
  withScratchFolder(async root => {
    const codex = await installCodex('0.169.0');
    const home = copyHome(await makeHome('0.169.0', 'paginated'), path.join(root, 'home'));
    const provider = await startMockProvider();
    useProviderPort(home, provider.port);
    const server = await startAppServer(codex, home.folder);
    try {
      const trace = path.join(root, 'trace');
      const calls =
        'openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,chmod,fchmodat,truncate,ftruncate,utimensat,flock,fcntl,setxattr,mknod,mknodat';
      const run = ['-f', '-y', '-qq', '-e', `trace=${calls}`, '-o', trace, process.execPath, CLI];
      const scanning = promisify(execFile)(
        'strace',
        [...run, 'scan', '--full', '--home', home.folder],
        {
          env: environment(root),
        },
      ).catch((error: unknown) => error);
      await server.runTurn(home.ids.A, 'while you look').catch(() => undefined);
      await scanning;
      const touched = fs
        .readFileSync(trace, 'utf8')
        .split('\n')
        .filter(line => line.includes(home.folder));
      expect(touched.length).toBeGreaterThan(10);
      expect(touched.filter(isChange)).toEqual([]);
    } finally {
      await server.stop();
      await provider.close();
    }
  }));

/** Everything but an open for reading, and asking a descriptor for its flags. */
function isChange(line: string): boolean {
  if (/\b(?:openat|open)\(/.test(line)) return /O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(line);
  if (/\bfcntl\(/.test(line)) return /F_(?:OFD_)?SETLK|F_SETLEASE/.test(line);
  return /^\d+\s+\w+\(/.test(line);
}

function scan(command: readonly string[], home: string, root: string): void {
  const run = spawnSync(process.execPath, [CLI, ...command, '--home', home], {
    env: environment(root),
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect([0, 1]).toContain(run.status);
}

/** The person's own state directory stays out of it. */
function environment(root: string): NodeJS.ProcessEnv {
  return { ...process.env, XDG_STATE_HOME: path.join(root, 'state') };
}

/** One line for each file and folder; access times are left out. */
function picture(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const attributes = execFileSync('getfattr', ['-R', '-d', '--absolute-names', folder], {
    encoding: 'utf8',
  });
  return [
    ...['', ...names].map(name => {
      const file = path.join(folder, name);
      const { mode, size, mtimeNs, ctimeNs, ino } = fs.lstatSync(file, { bigint: true });
      const bytes = fs.lstatSync(file).isFile()
        ? createHash('sha256').update(fs.readFileSync(file)).digest('hex')
        : '';
      return [name, mode, size, mtimeNs, ctimeNs, ino, bytes].join(' ');
    }),
    ...attributes.split('\n'),
  ];
}
