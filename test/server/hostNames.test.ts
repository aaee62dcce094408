// Whoever is named in the settings is connected to, so that only a person may name them, and only as a host.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from '../../src/server/settings.ts';
import { home } from '../support/home.ts';

interface Manifest {
  readonly contributes: {
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly scope: string; readonly items: { readonly pattern: string } }>
      >;
    };
  };
}

const manifest = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8'),
) as Manifest;
const setting = manifest.contributes.configuration.properties['codexHealth.hosts'];

const { machine } = home().build().world;
const hosts = (given: unknown) => readSettings({ codexHealth: { hosts: given } }, machine).hosts;

test('a folder that somebody opens cannot name hosts', () => {
  expect(setting?.scope).toBe('machine');
});

test.each(['gpu-1', 'ada@gpu.example', 'Gpu_1', 'host.with.dots'])('%j is a host', name => {
  expect(hosts([name])).toEqual([name]);
  expect(name).toMatch(new RegExp(setting?.items.pattern ?? '^$', 'u'));
});

test.each(['-oProxyCommand=x', 'two words', 'line\nbreak', ''])('%j is none', name => {
  expect(hosts([name])).toEqual([]);
  expect(name).not.toMatch(new RegExp(setting?.items.pattern ?? '^', 'u'));
});

test('a host is named once, and what is no list names none', () => {
  expect(hosts(['a', ' a ', 'b', 7])).toEqual(['a', 'b']);
  expect([hosts('a'), hosts(null), hosts(undefined)]).toEqual([[], [], []]);
});
