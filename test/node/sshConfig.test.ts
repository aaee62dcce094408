// Which hosts are offered of a person's ssh config.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOfferedHosts } from '../../src/node/hosts/sshConfig.ts';

let home: string;

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'ssh-config-'));
  fs.mkdirSync(path.join(home, '.ssh/more'), { recursive: true });
});
afterEach(() => fs.rmSync(home, { recursive: true }));

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(home, '.ssh', name), text);
}

test('hosts are named in many ways, and patterns are none', () => {
  write(
    'config',
    [
      'Host gpu-1 gpu-2 *.internal !gpu-3 gpu-?  # gpu-4',
      '  HostName 10.0.0.1',
      'host="quoted one" plain',
      'HOST =spaced',
      '# Host commented',
      'Host -oProxyCommand=x gpu-1',
    ].join('\r\n'),
  );
  expect(readOfferedHosts(home)).toEqual({
    ok: true,
    value: ['gpu-1', 'gpu-2', 'plain', 'spaced'],
  });
});

test('other files are included, also by patterns, and one that cannot be read holds up none', () => {
  write('config', 'Include more/*.conf ~/.ssh/other\nInclude nowhere more\nHost last');
  write('more/b.conf', 'Host b');
  write('more/a.conf', 'Host a\nInclude more/a.conf');
  write('more/.hidden.conf', 'Host hidden');
  write('other', 'Host other');
  expect(readOfferedHosts(home)).toEqual({ ok: true, value: ['a', 'b', 'other', 'last'] });
});

test('what stands below a Match is left out', () => {
  write('config', 'Match exec "true"\n  Include other\nHost after');
  write('other', 'Host other');
  expect(readOfferedHosts(home)).toEqual({ ok: true, value: ['after'] });
});

test('without a config there is none, and one that is no file is said', () => {
  expect(readOfferedHosts(home)).toEqual({ ok: true, value: [] });
  fs.mkdirSync(path.join(home, '.ssh/config'));
  expect(readOfferedHosts(home)).toMatchObject({ ok: false });
});
