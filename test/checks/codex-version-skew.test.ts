import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const legacy = { mode: 'legacy' } as const;

test('an older Codex beside a newer one, whose threads it hides', () =>
  expectFindings(home().codex('0.142.0').codex('0.169.0').thread('t1')).toSay(
    'codex-version-skew',
    'Codex 0.142.0 and Codex 0.169.0 use this home, and 0.142.0 cannot read 1 conversation with paginated history: there they are missing or open empty, and they are complete.',
  ));

test('one finding for each that is too old', () =>
  expectFindings(
    home().codex('0.121.0').codex('0.142.0').codex('0.160.0').codex('0.169.0').thread('t1'),
  ).toSay(
    'codex-version-skew',
    'Codex 0.121.0 and Codex 0.169.0 use this home, and 0.121.0 cannot read 1 conversation with paginated history: there they are missing or open empty, and they are complete.',
    'Codex 0.142.0 and Codex 0.169.0 use this home, and 0.142.0 cannot read 1 conversation with paginated history: there they are missing or open empty, and they are complete.',
  ));

test('nothing, when both read everything', () =>
  expectFindings(home().codex('0.150.0').codex('0.170.0-alpha.3').thread('t1')).toBe());

test('nothing, when the newer one has written nothing that the older could not read', () =>
  expectFindings(home().codex('0.142.0').codex('0.169.0').thread('t1', legacy)).toSay(
    'codex-version-skew',
  ));

test('a program whose version is not known is not judged', () =>
  expectFindings(home().codex('?', { version: null }).codex('0.169.0').thread('t1')).toBe());

test('nothing with one Codex alone', () =>
  expectFindings(home().codex('0.142.0').thread('t1')).toSay('codex-version-skew'));

test('nothing is said to be right when a file cannot be read', () =>
  expectOutcome(
    home().codex('0.142.0').codex('0.169.0').thread('t1').trouble(rolloutPath('t1')),
    'codex-version-skew',
  ).toBe('unknown'));
