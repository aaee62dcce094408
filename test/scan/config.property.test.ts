// config.toml as people write it and as disks leave it: it is read for what it says, or called
// broken at a place that there is, and nothing in it breaks the scan.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/engine/model/snapshot.ts';
import { readConfig } from '../../src/engine/scan/config/config.ts';
import { anyDamage, lineDamage } from '../support/damage.ts';
import { soundConfig } from '../support/toml.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (content: string | Uint8Array): Config =>
  readConfig('/home/ada/.codex/config.toml', {
    ok: true,
    value: typeof content === 'string' ? bytes(content) : content,
  });

describe('a sound file', () => {
  test('is read for what it says, however it is written', () => {
    fc.assert(
      fc.property(soundConfig, sound => {
        const config = read(sound.bytes);
        expect(config).toMatchObject({
          state: 'read',
          error: null,
          provider: sound.provider,
          profile: sound.profile,
          definedProviders: sound.definedProviders,
          sqliteHome: sound.sqliteHome,
        });
        expect(config.providerPosition?.line ?? null).toBe(sound.providerLine);
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    ['in a file of one key', '__proto__ = { model_provider = "wrong", sqlite_home = "wrong" }'],
    ['as a table', '[__proto__]\nmodel_provider = "wrong"\nsqlite_home = "wrong"'],
    ['as a part of a key', 'a.__proto__.model_provider = "wrong"'],
    ['of an array of tables', '[[constructor.prototype]]\nmodel_provider = "wrong"'],
  ])('changes no other object by a key with a meaning of its own, %s', (_, content) => {
    expect(read(content)).toMatchObject({ state: 'read', provider: 'openai', sqliteHome: null });
    expect('model_provider' in {} || 'model_provider' in []).toBe(false);
  });

  // Measured: Codex 0.111, 0.142 and 0.169 take these, and nothing that is one deeper.
  test.each([
    ['arrays', (deep: number) => `a = ${'['.repeat(deep)}${']'.repeat(deep)}`],
    ['tables', (deep: number) => `a = ${'{ a = '.repeat(deep)}1${' }'.repeat(deep)}`],
    ['keys', (deep: number) => `${'a.'.repeat(deep - 1)}a = 1`],
    ['headers', (deep: number) => `[${'a.'.repeat(deep - 1)}a]`],
  ])('is as deep as Codex takes it: %s', (_, nested) => {
    expect(read(nested(80)).state).toBe('read');
    for (const deep of [81, 1000, 100_000]) expect(read(nested(deep)).state).toBe('broken');
  });

  test('is as deep as it is, whatever brackets its texts and comments have', () => {
    const brackets = '[{'.repeat(100);
    const texts = [
      `"\\"${brackets}"`,
      `'${brackets}'`,
      `"""${brackets}\\""""`,
      `'''${brackets}'''''`,
    ];
    const content = texts
      .map((text, index) => `k${String(index)} = ${text} # ${brackets}`)
      .join('\n');
    expect(read(content)).toMatchObject({ state: 'read', error: null });
  });
});

describe('a file that Codex does not take', () => {
  test.each(['"', "'"])('is too deep behind a text that ends in %s too', quote => {
    for (const more of [0, 1, 2])
      for (const text of ['', 'x']) {
        const long = quote.repeat(3) + text + quote.repeat(more + 3);
        expect(read(`a = ${long}\nb = ${'['.repeat(81)}${']'.repeat(81)}`).state).toBe('broken');
      }
  });

  test.each([
    ['= 1', 1],
    ['key', 4],
    ['key = ', 7],
    ['[unclosed', 10],
    ['key = "text', 12],
    ['key = 9223372036854775808', 1 + 'key = '.length],
    ['key = -9223372036854775809', 1 + 'key = '.length],
    ['key = [1e999]', 1 + 'key = ['.length],
    ['key = 1\r', 1 + 'key = 1'.length],
    ['key = 2023-02-29', null],
    ['same = 1\nsame = 2', null],
    ['[same]\n[same]', null],
  ])('is broken at its mistake: %j', (mistake, column) => {
    const config = read(`model_provider = "mock"\n${mistake}`);
    expect(config).toMatchObject({ state: 'broken', provider: 'openai', definedProviders: [] });
    expect(placesIn(`model_provider = "mock"\n${mistake}`, config)).toBe(true);
    if (column !== null) expect(config.error).toMatchObject({ line: 2, column });
  });

  test('is broken wherever the mistake stands', () => {
    const mistake = fc.constantFrom('= 1', 'key', '[x', 'x = [', 'x = 08', 'x = {', 'x = \u0001');
    fc.assert(
      fc.property(soundConfig, mistake, fc.boolean(), (sound, line, isFirst) => {
        const text = new TextDecoder().decode(sound.bytes);
        const whole = isFirst ? `${line}\n${text}` : `${text}\n${line}`;
        const config = read(whole);
        expect(config.state).toBe('broken');
        expect(placesIn(whole, config)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a damaged file', () => {
  test('is broken at a place that there is, or is read', () => {
    fc.assert(
      fc.property(soundConfig, fc.array(fc.oneof(anyDamage, lineDamage), { maxLength: 3 }), check),
      { numRuns: 600 },
    );
  });

  test('that was never TOML is not more than that', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), content => {
        const config = read(content);
        expect(config.state === 'broken').toBe(config.error !== null);
      }),
    );
  });

  test('is told from a sound one by bytes that are no text', () => {
    const config = read(new Uint8Array([...bytes('a = "'), 0xff, ...bytes('"\n')]));
    expect(config).toMatchObject({ state: 'read', refused: 'it has bytes that are no text' });
  });

  const check = (
    sound: { bytes: Uint8Array },
    damages: readonly ((b: Uint8Array) => Uint8Array)[],
  ) => {
    const damaged = damages.reduce((content, damage) => damage(content), sound.bytes);
    const config = read(damaged);
    expect(['read', 'broken']).toContain(config.state);
    expect(config.state === 'broken').toBe(config.error !== null);
    expect(placesIn(new TextDecoder().decode(damaged), config)).toBe(true);
    expect('model_provider' in {}).toBe(false);
  };
});

describe('a huge file', () => {
  test.each([
    ['of one text', `model_provider = "${'x'.repeat(500_000)}"`],
    ['of one line', 'x'.repeat(3_000_000)],
    ['of many lines', 'a = 1\n'.repeat(500_000)],
    ['of brackets', `a = ${'['.repeat(3_000_000)}`],
    ['of backslashes', `a = "${'\\'.repeat(900_000)}`],
    ['of quotes', '"'.repeat(900_000)],
    ['of keys', Array.from({ length: 60_000 }, (_, at) => `k${String(at)} = 1`).join('\n')],
  ])('ends soon: %s', (_, content) => {
    const started = performance.now();
    expect(read(content)).toMatchObject({ provider: 'openai' });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('is not read, which would take memory without bound', () => {
    expect(read('#'.repeat(1024 * 1024)).state).toBe('read');
    expect(read('#'.repeat(1024 * 1024 + 1)).state).toBe('unread');
  });
});

/** Whether the mistake that is named stands in the text, or at its very end. */
function placesIn(text: string, { error }: Config): boolean {
  if (error === null) return true;
  const line = text.split('\n')[error.line - 1];
  return line !== undefined && error.column >= 1 && error.column <= line.length + 1;
}
