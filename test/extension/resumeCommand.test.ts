// A command line is right when the program that it starts sees the very arguments that were meant: a
// real shell is the judge.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resumeArguments, resumeCommand } from '../../src/extension/commands/resumeCommand.ts';
import type { ThreadDetails } from '../../src/protocol/tree.ts';

const NASTY = [
  'with a space',
  "it's",
  '"quoted"',
  '$(touch broken) `touch broken` $HOME',
  'a;touch broken',
  'back\\slash',
  '!history',
  '* ? [x] ~ #',
  '-rf',
  'ünïcödé 文件',
  '‘typographic’',
];

const details: ThreadDetails = {
  id: '01a1fba4-0000-7000-8000-000000000001',
  title: 'A thread',
  transcript: 'codex-health://key/transcript/t',
  cwd: '/work',
  isCwdThere: true,
  archived: false,
  codex: '/usr/bin/codex',
  homePath: '/home/ada/.codex',
  isDefaultHome: true,
  resumable: null,
  elsewhere: null,
};

let folder = '';
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-resume-')));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test.each(NASTY)('a shell takes %s for a name, wherever it stands', name => {
  const cwd = path.join(folder, name);
  fs.mkdirSync(cwd);
  const codex = path.join(cwd, 'codex');
  fs.writeFileSync(codex, '#!/bin/sh\nprintf "%s\\n" "$PWD" "$CODEX_HOME" "$@"\n', { mode: 0o755 });
  const homePath = path.join(folder, `home of ${name}`);
  const line = resumeCommand(
    { ...details, id: name, cwd, codex, homePath, isDefaultHome: false },
    'posix',
  );
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual([cwd, homePath, ...resumeArguments(name), '']);
  expect(fs.readdirSync(cwd)).toEqual(['codex']);
});

test('nothing is quoted that need not be', () => {
  expect(resumeCommand(details, 'posix')).toBe(
    'cd -- /work && /usr/bin/codex resume 01a1fba4-0000-7000-8000-000000000001',
  );
});

test('PowerShell gets literal texts, in which every kind of quote is doubled', () => {
  const strange = {
    ...details,
    codex: "C:\\it's\\codex.exe",
    cwd: 'C:\\$env:USERPROFILE [x] ‘y’',
    homePath: 'D:\\codex home',
    isDefaultHome: false,
  };
  expect(resumeCommand(strange, 'powershell')).toBe(
    "Set-Location -LiteralPath 'C:\\$env:USERPROFILE [x] ‘‘y’’' -ErrorAction Stop; " +
      "$env:CODEX_HOME = 'D:\\codex home'; " +
      "& 'C:\\it''s\\codex.exe' 'resume' '01a1fba4-0000-7000-8000-000000000001'",
  );
});

test('a directory that is gone, or that no terminal can be given, is not gone to', () => {
  const start = '/usr/bin/codex resume';
  expect(resumeCommand({ ...details, isCwdThere: false }, 'posix').startsWith(start)).toBe(true);
  for (const cwd of ['', '/work\u0003rm -rf x\r', '/a\nb'])
    expect(resumeCommand({ ...details, cwd }, 'posix').startsWith(start)).toBe(true);
  expect(resumeCommand({ ...details, isCwdThere: null }, 'posix')).toContain('cd -- /work');
});

test('without a program that is known it is the one on the path', () => {
  expect(resumeCommand({ ...details, codex: null, cwd: '' }, 'posix')).toBe(
    `codex resume ${details.id}`,
  );
});

test('an id that looks like an option is none', () => {
  expect(resumeArguments('--last')).toEqual(['resume', '--', '--last']);
});
