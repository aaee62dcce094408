import { describe, expect, test } from 'vitest';
import {
  canonicalPath,
  isTemporaryDirectory,
  lastName,
  sameDirectory,
  type PathSystem,
} from '../../src/engine/model/paths.ts';

describe('spellings of one directory', () => {
  const same: readonly (readonly [PathSystem, string, string])[] = [
    ['linux', '/home/ada/one/', '/home/ada/one'],
    ['linux', '/home//ada/./one', '/home/ada/one'],
    ['linux', '/', '/'],
    ['linux', 'C:\\Users\\ada', '/mnt/c/Users/ada'],
    ['darwin', '/private/var/folders/x', '/var/folders/x'],
    ['darwin', '/private/tmp', '/tmp'],
    ['win32', '\\\\?\\C:\\work\\one', 'C:\\work\\one'],
    ['win32', 'c:\\work\\one\\', 'C:\\work\\one'],
    ['win32', 'C:/work/one', 'C:\\work\\one'],
    ['win32', '/mnt/d/work', 'D:\\work'],
    ['win32', '\\\\?\\UNC\\server\\share\\one', '\\\\server\\share\\one'],
    ['win32', 'C:\\', 'c:'],
  ];
  test.each(same)('%s: %s and %s', (system, one, other) => {
    expect(canonicalPath(one, system)).toBe(canonicalPath(other, system));
    expect(sameDirectory(one, other, system)).toBe(true);
    expect(canonicalPath(canonicalPath(one, system), system)).toBe(canonicalPath(one, system));
  });

  test('Windows does not tell cases apart, and the name keeps its own', () => {
    expect(sameDirectory('C:\\Work', 'c:\\work', 'win32')).toBe(true);
    expect(canonicalPath('c:\\Work', 'win32')).toBe('C:\\Work');
  });
});

describe('different directories', () => {
  const different: readonly (readonly [PathSystem, string, string])[] = [
    ['linux', '/home/ada/one', '/home/ada/One'],
    ['linux', '/private/tmp', '/tmp'],
    ['linux', 'one', '/one'],
    ['darwin', '/private/one', '/one'],
    ['darwin', '/mnt/c/one', 'C:\\one'],
    ['win32', 'C:\\one', 'D:\\one'],
  ];
  test.each(different)('%s: %s and %s', (system, one, other) =>
    expect(sameDirectory(one, other, system)).toBe(false),
  );

  test('a path that is not absolute stays as it is', () =>
    expect(canonicalPath('rel/dir/', 'linux')).toBe('rel/dir/'));
});

test.each([
  ['linux', '/tmp/x', true],
  ['linux', '/tmp', true],
  ['linux', '/var/tmp/x', true],
  ['linux', '/tmpfiles/x', false],
  ['linux', '/home/ada/tmp', false],
  ['linux', '/mnt/c/Users/ada/AppData/Local/Temp/x', true],
  ['darwin', '/private/var/folders/ab/cd/T/x', true],
  ['darwin', '/var/folders/ab/cd/C/x', false],
  ['win32', 'c:\\users\\ada\\appdata\\local\\temp\\x', true],
  ['win32', 'C:\\Users\\ada\\work', false],
] as const)('%s: %s is temporary: %s', (system, path, expected) =>
  expect(isTemporaryDirectory(path, system)).toBe(expected),
);

test('the last name', () => {
  expect(lastName('/home/ada/one/')).toBe('one');
  expect(lastName('C:\\work\\two')).toBe('two');
});
