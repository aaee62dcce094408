// The small files beside rollouts and databases: what is sound in them is read, whatever stands
// beside it, and no key of theirs means anything to the machine that reads them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { readDesktopState, readInstallationId, readNames } from '../../src/engine/scan/sidecars.ts';
import { anyDamage } from '../support/damage.ts';
import { HOME, home } from '../support/home.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
/** Names that every object has without anybody having put them there. */
const INBORN = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
const DEEP = 200_000;
const nested = (open: string, close: string) => open.repeat(DEEP) + close.repeat(DEEP);

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const name = word.filter(text => text.trim() !== '');
const id = fc.oneof(fc.uuid(), fc.constantFrom(...INBORN), word);

describe('session_index.jsonl', () => {
  const named = fc
    .record({ id, thread_name: name })
    .map(entry => ({ entry, line: JSON.stringify({ ...entry, updated_at: 'now' }) }));
  const worthless = fc
    .oneof(
      fc.constantFrom('', ' ', '{', '[]', 'null', '1', '"id"', '{}', '{"id":1,"thread_name":"x"}'),
      fc.constantFrom(...INBORN).map(key => `{"${key}":{"id":"x","thread_name":"y"}}`),
      id.map(thread => JSON.stringify({ id: thread, thread_name: '  ' })),
      id.map(thread => JSON.stringify({ id: thread, thread_name: [thread] })),
      word.map(junk => `}${junk.replaceAll('\n', '')}`),
      named.map(({ line }) => line.slice(0, -1)),
    )
    .map(line => ({ entry: null, line }));

  test('has the newest name of each thread, whatever stands between', () => {
    const lines = fc.array(fc.oneof(named, worthless), { maxLength: 12 });
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r\n'), (given, end) => {
        const names = readNames(bytes(given.map(({ line }) => line).join(end)));
        const expected = new Map<string, string>();
        for (const { entry } of given)
          if (entry !== null) expected.set(entry.id, entry.thread_name);
        expect(new Map(Object.entries(names))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps the lines that damage has left', () => {
    fc.assert(
      fc.property(fc.array(named, { maxLength: 6 }), anyDamage, named, (given, damage, last) => {
        const damaged = damage(bytes(given.map(({ line }) => `${line}\n`).join('')));
        const names = readNames(new Uint8Array([...damaged, ...bytes(`\n${last.line}\n`)]));
        expect(new Map(Object.entries(names)).get(last.entry.id)).toBe(last.entry.thread_name);
      }),
      { numRuns: 200 },
    );
  });

  test('knows no thread that nobody has named', () => {
    for (const content of ['', '{"id":"a","thread_name":"b"}']) {
      const names = readNames(bytes(content));
      for (const inborn of INBORN) expect(names[inborn]).toBeUndefined();
    }
  });

  test.each([
    ['arrays', nested('[', ']')],
    ['objects', nested('{"id":', '}')],
    ['a name of them', `{"id":"deep","thread_name":${nested('[', ']')}}`],
  ])('is read around %s in one another', (_, line) => {
    const names = readNames(bytes(`${line}\n{"id":"a","thread_name":"b"}\n`));
    expect(Object.entries(names)).toEqual([['a', 'b']]);
  });
});

test('a thread whose id is a name that every object has breaks no scan', async () => {
  for (const inborn of INBORN)
    for (const withNames of [true, false]) {
      const builder = home()
        .thread('t1')
        .thread('t2', { row: { id: inborn }, file: false });
      builder.thread('t3', { header: { id: inborn } });
      if (withNames) builder.name('t1', 'One').file('session_index.jsonl', lineFor(inborn));
      const engine = createEngine(builder.build().world);
      const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
      expect(report.checks.filter(({ outcome }) => outcome === 'crashed')).toEqual([]);
      const thread = report.snapshot.threads.find(one => one.id === inborn);
      expect(thread?.title).toBe('please do t2');
      expect(report.snapshot.names[inborn]).toBe(withNames ? 'Odd' : undefined);
      expect(JSON.parse(JSON.stringify(engine.redact(report)))).toBeTypeOf('object');
    }
});

function lineFor(thread: string): string {
  return `{"id":"${thread}","thread_name":"Odd"}\n`;
}

describe('.codex-global-state.json', () => {
  const read = (content: Uint8Array) => readDesktopState('/f', content);

  test('has its projects and their hosts, whatever else is in it', () => {
    const project = fc.record({ hostId: id, remotePath: word });
    const other = fc.oneof(fc.jsonValue(), fc.constant({ hostId: 1, remotePath: 'x' }));
    const given = fc.array(
      fc.oneof(
        project.map(value => ({ value, isProject: true })),
        other.map(value => ({ value, isProject: false })),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(given, fc.dictionary(id, fc.jsonValue()), (entries, rest) => {
        const json = { ...rest, 'remote-projects': entries.map(({ value }) => value) };
        const state = read(bytes(JSON.stringify(json)));
        const projects = entries.flatMap(({ value, isProject }) =>
          isProject ? [value as { hostId: string; remotePath: string }] : [],
        );
        expect(state.state).toBe('read');
        expect(state.projects).toEqual(
          projects.map(({ hostId, remotePath }) => ({ hostId, path: remotePath })),
        );
        expect(state.hosts).toEqual([...new Set(projects.map(({ hostId }) => hostId))].sort());
      }),
    );
  });

  test('has the threads that are shown on other hosts, whatever else is in it', () => {
    const projects = [
      { id: 'p', hostId: 'a', remotePath: '/work' },
      { id: 'q', hostId: 'b', remotePath: '/work' },
    ];
    // One without a host of its own is where its project is; what is local says nothing of hosts.
    const sound = fc.constantFrom<readonly [string, object]>(
      ['a', { projectKind: 'remote', projectId: 'p' }],
      ['b', { projectKind: 'remote', projectId: 'q', path: '/work', pendingCoreUpdate: false }],
      ['c', { projectKind: 'remote', projectId: 'p', hostId: 'c' }],
    );
    const other = fc.oneof(
      fc.jsonValue().filter(value => !JSON.stringify(value).includes('remote')),
      fc.constantFrom<object>(
        { projectKind: 'local', projectId: 'p' },
        { projectKind: 'remote', projectId: 'gone' },
        { projectKind: 'remote', projectId: ['p'] },
        { projectId: 'p', hostId: 'a' },
      ),
    );
    fc.assert(
      fc.property(
        fc.dictionary(id, sound, { noNullPrototype: true }),
        fc.dictionary(
          id.map(one => `other ${one}`),
          other,
          { noNullPrototype: true },
        ),
        (threads, others) => {
          const assigned = Object.entries(threads).map(
            ([thread, [, value]]) => [thread, value] as const,
          );
          const json: object = {
            'remote-projects': projects,
            'thread-project-assignments': { ...Object.fromEntries(assigned), ...others },
          };
          const state = read(bytes(JSON.stringify(json)));
          const expected = Object.entries(threads).map(([thread, [hostId]]) => ({
            hostId,
            thread,
          }));
          expect(state.threads).toEqual(expect.arrayContaining(expected));
          expect(state.threads).toHaveLength(expected.length);
          expect(state.hosts).toEqual(
            [...new Set(['a', 'b', ...expected.map(({ hostId }) => hostId)])].sort(),
          );
        },
      ),
    );
    for (const odd of [null, 'x', 1, [], [null]])
      expect(read(bytes(JSON.stringify({ 'thread-project-assignments': odd }))).threads).toEqual(
        [],
      );
  });

  test('is broken where it is no JSON, and never more than that', () => {
    const sound = bytes(JSON.stringify({ 'remote-projects': [{ hostId: 'a', remotePath: '/b' }] }));
    fc.assert(
      fc.property(
        fc.oneof(
          anyDamage.map(damage => damage(sound)),
          fc.uint8Array(),
        ),
        content => {
          const state = read(content);
          const isObject = isObjectIn(new TextDecoder().decode(content));
          expect(state.state).toBe(isObject ? 'read' : 'broken');
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['arrays', `{"remote-projects":${nested('[', ']')}}`],
    ['objects', `{"remote-projects":[${nested('{"hostId":', '}').replace('{}', '{"a":1}')}]}`],
  ])('may have %s as deep as it will', (_, content) => {
    expect(read(bytes(content))).toMatchObject({ hosts: [], projects: [] });
  });
});

describe('installation_id', () => {
  test('is one id, with white space around it', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom('', '\n', ' ', '\r\n\t'), (uuid, space) => {
        expect(readInstallationId(bytes(`${space}${uuid}${space}`))).toBe(uuid);
      }),
    );
  });

  test('is nothing else', () => {
    fc.assert(
      fc.property(fc.uuid(), anyDamage, fc.uint8Array(), (uuid, damage, junk) => {
        for (const content of [damage(bytes(uuid)), junk])
          expect(readInstallationId(content) ?? uuid).toMatch(/^[0-9a-f-]{36}$/i);
      }),
    );
  });
});

function isObjectIn(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
