// Whether a split has taken, in the sentences that a notification, a page and a terminal share.

import { expect, test } from 'vitest';
import type { HostTook } from '../../src/engine/model/host.ts';
import { sayTook } from '../../src/words/hostTook.ts';

const HOME = '/home/ada/.codex-hosts/gpu-1';

const say = (took: Partial<HostTook>) =>
  sayTook(
    { host: 'gpu-1', home: HOME, answer: 'no', wrong: [], stale: [], fresh: [], ...took },
    path => path.replace('/home/ada', '~'),
  );

test('what speaks against it is said first: a notification has room for one sentence', () => {
  const fresh = { program: 'codex', why: null };
  expect(
    say({
      fresh: [
        { ...fresh, how: 'command', codexHome: HOME },
        { ...fresh, how: 'login', codexHome: '/elsewhere' },
      ],
    }),
  ).toEqual([
    'A Codex that is started in a terminal (codex) says that it uses /elsewhere.',
    'A Codex that is started over ssh (codex) says that it uses ~/.codex-hosts/gpu-1.',
  ]);
});

test('of whom nothing is known that is said, and whoever has taken it needs no word', () => {
  expect(say({ answer: 'unknown' })).toEqual([
    'Nobody has seen what is started there: it was not looked at, or did not answer.',
  ]);
  expect(say({ answer: 'yes' })).toEqual([]);
});
