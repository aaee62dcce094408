// The list says that a repair was stopped as soon as that is known, and waits for it never.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PathState } from '../../src/engine/model/snapshot.ts';
import { createStopped } from '../../src/server/changes/stopped.ts';
import { home, HOME } from '../support/home.ts';
import { openEditor } from './editor.ts';

describe('what is known of it', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  function start() {
    const ends: ((answer: string | null) => void)[] = [];
    const look = vi.fn(() => new Promise<string | null>(resolve => void ends.push(resolve)));
    const told = vi.fn<() => void>();
    const end = async (answer: string | null) => {
      ends.at(-1)?.(answer);
      await new Promise(setImmediate);
    };
    return { look, told, end, stopped: createStopped(look, told) };
  }
  const [here, elsewhere] = [{}, {}];

  test('nobody waits for it; who has asked is told when it is otherwise, and only then', async () => {
    const { stopped, told, end } = start();
    expect(stopped(here)).toBeNull();
    await end('r1');
    expect(told).toHaveBeenCalledTimes(1);
    expect(stopped(here)).toBe('r1');
    await end('r1');
    expect(told).toHaveBeenCalledTimes(1);
  });

  test('it is looked at once at a time, and once more for who asked meanwhile', async () => {
    const { stopped, look, end } = start();
    for (let time = 0; time < 3; time += 1) stopped(here);
    expect(look).toHaveBeenCalledTimes(1);
    await end(null);
    expect(look).toHaveBeenCalledTimes(2);
    await end(null);
    expect(look).toHaveBeenCalledTimes(2);
  });

  test('the end of a repair of another window is noticed, though nothing tells of it', async () => {
    const { stopped, look, told, end } = start();
    stopped(here);
    await end('r1');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(2);
    await end(null);
    expect(told).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(2);
  });

  test('what was known under other settings is forgotten, and so is an answer that comes late', async () => {
    const { stopped, told, end } = start();
    stopped(here);
    await end('r1');
    expect(stopped(here)).toBe('r1');
    expect(stopped(elsewhere)).toBeNull();
    await end('r1');
    expect(told).toHaveBeenCalledTimes(1);
    expect(stopped(elsewhere)).toBeNull();
    await end('r2');
    await end('r2');
    expect(stopped(elsewhere)).toBe('r2');
  });
});

describe('a place of backups that does not answer', () => {
  const { world } = home().thread('t1').build();
  const settings = { home: HOME, vault: '/mnt/backups' };

  test('holds up no tree, but only who asks about it', async () => {
    let answer: (state: PathState) => void = () => undefined;
    const state = new Promise<PathState>(resolve => (answer = resolve));
    const silent = {
      ...world,
      files: { ...world.files, mayHang: (file: string) => Promise.resolve(/^\/mnt/.test(file)) },
      outside: {
        look: async (paths: readonly string[]) => {
          const hung = paths.some(path => path.startsWith('/mnt/'));
          if (!hung) return world.outside.look(paths);
          return new Map(await Promise.all(paths.map(async path => [path, await state] as const)));
        },
      },
    };
    const editor = await openEditor(silent, { settings });
    expect(await editor.tree()).toMatchObject({ state: 'read', interrupted: null });
    const asked = editor.ask('codexHealth/stopped');
    expect(await editor.threads('/home/ada/project')).toBeDefined();
    answer('unknown');
    expect(await asked).toBeNull();
    editor.close();
  });
});
