import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, type HomeBuilder, type ThreadSpec } from '../support/home.ts';

const spawned = { subagent: { thread_spawn: { parent_thread_id: 'p', depth: 1 } } };
const script = { source: 'exec' } as const;

/** A home with so many threads of a kind, and so many of one's own that are older. */
function crowd(count: number, spec: ThreadSpec, own: number): HomeBuilder {
  const builder = home();
  for (let number = 0; number < count; number += 1)
    builder.thread(`c${String(number)}`, { age: number + 1, ...spec });
  for (let number = 0; number < own; number += 1)
    builder.thread(`t${String(number)}`, { age: 1000 + number });
  return builder;
}

test('twenty scripts among fifty', () =>
  expectFindings(crowd(20, script, 40)).toBe('warning list-crowded home'));

test('programs that use Codex as a tool count as well', () =>
  expectFindings(crowd(20, { source: 'mcp' }, 30)).toBe('warning list-crowded home'));

test('clients with a name of their own do not', () =>
  expectFindings(crowd(30, { source: { custom: 'atlas' } }, 0)).toBe());

test('sub-agents count as well', () =>
  expectFindings(crowd(20, { source: spawned }, 30)).toBe('warning list-crowded home'));

test('threads in temporary directories count as well', () =>
  expectFindings(crowd(20, { cwd: '/tmp/x' }, 30)).toBe(
    'warning list-crowded home',
    ...Array.from({ length: 20 }, (_, number) => `note thread-temporary c${String(number)}`),
  ));

test('also where there are fewer than fifty', () =>
  expectFindings(crowd(20, script, 5)).toBe('warning list-crowded home'));

test('nineteen are not enough', () => expectFindings(crowd(19, script, 5)).toBe());

test('those behind the newest fifty push nobody out', () =>
  expectFindings(crowd(25, { ...script, age: 5000 }, 50)).toBe());

test('archived ones push nobody out', () =>
  expectFindings(crowd(25, { ...script, archived: true }, 10)).toBe());

test('is said in one sentence', () =>
  expectFindings(crowd(22, script, 40)).toSay(
    'list-crowded',
    '22 of the newest 50 active threads are not conversations in a project (temporary 0, scripts 22, sub-agents 0): they push others out of the lists.',
  ));

test('nobody is accused when a part of the sessions cannot be read', () =>
  expectOutcome(
    crowd(22, script, 10).file('sessions/2026/11/19/x', '').trouble('sessions/2026/11/19'),
    'list-crowded',
  ).toBe('unknown'));
