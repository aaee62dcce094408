import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const legacy = { mode: 'legacy' } as const;
const packed = () =>
  home()
    .thread('t1', { ...legacy, file: false })
    .file(`${rolloutPath('t1')}.zst`, packedRollout('t1', 'legacy'))
    .thread('t2', legacy);

test('paginated threads, and only an older Codex', () =>
  expectFindings(home().codex('0.142.0').thread('t1').thread('t2', legacy)).toSay(
    'rollout-unreadable-by-old-codex',
    'Codex 0.142.0 cannot read 1 conversation with paginated history, and there is no newer Codex on this machine; update it, and they are back.',
  ));

test('compressed threads, and only an older Codex', () =>
  expectFindings(packed().codex('0.135.0')).toSay(
    'rollout-unreadable-by-old-codex',
    'Codex 0.135.0 cannot read 1 compressed conversation, and there is no newer Codex on this machine; update it, and they are back.',
  ));

test('two Codexes of one version are told apart', () =>
  expectFindings(
    packed().codex('0.135.0', { path: '/a/codex' }).codex('0.135.0', { path: '/b/codex' }),
  ).toBe(
    'warning rollout-unreadable-by-old-codex 0.135.0@42dca0f9',
    'warning rollout-unreadable-by-old-codex 0.135.0@fddd4610',
  ));

test('nothing, when the Codex reads them', () => expectFindings(packed().codex('0.142.0')).toBe());

test('nothing, when there is nothing that an older Codex could not read', () =>
  expectFindings(home().codex('0.111.0').thread('t1', legacy)).toBe());

test('nothing is said to be right when a file cannot be read', () =>
  expectOutcome(
    home().codex('0.142.0').thread('t1').trouble(rolloutPath('t1')),
    'rollout-unreadable-by-old-codex',
  ).toBe('unknown'));
