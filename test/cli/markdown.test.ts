import { expect, test } from 'vitest';
import { code, escapeMarkdown, reportMarkdown } from '../../src/cli/render/reportMarkdown.ts';
import { home } from '../support/home.ts';
import { CHECKS, livedIn, reportOf } from './reports.ts';
import { typed } from './runCli.ts';

test('the report for an issue', async () => {
  const report = await reportOf(livedIn(), [
    { check: 'thread-path-stale', thread: 't1', says: 'The file is elsewhere.' },
    { check: 'thread-untitled', thread: 't2', says: 'It has no title.' },
  ]);
  await expect(reportMarkdown(report, CHECKS, '0.1.0')).toMatchFileSnapshot(
    'golden/markdown.golden.md',
  );
});

test('it is about nobody', async () => {
  const builder = home().thread('t1', { row: false, prompt: 'my secret', cwd: '/home/ada/secret' });
  const { out } = await typed(builder, ['scan', '--markdown']);
  expect(out).toContain('`«thread 1»`');
  expect(out).not.toMatch(/secret|ada|workbench/);
});

test('what comes from elsewhere stays text', () => {
  expect(escapeMarkdown('a *b* [c](d) <img src=x> `e` | f & g')).toBe(
    String.raw`a \*b\* \[c\](d) \<img src=x\> \`e\` \| f \& g`,
  );
  expect(escapeMarkdown('@ada fixed #12, see GH-7 and user@host')).toBe(
    '@<!-- -->ada fixed #<!-- -->12, see GH-<!-- -->7 and user@<!-- -->host',
  );
  expect(escapeMarkdown('https://evil.example www.evil.example')).toBe(
    String.raw`https\://evil.example www\.evil.example`,
  );
  expect(escapeMarkdown('one\n# two')).toBe('one # two');
});

test('code is code whatever backquotes it has', () => {
  expect(code('a')).toBe('`a`');
  expect(code('a`b')).toBe('``a`b``');
  expect(code('`a``b`')).toBe('``` `a``b` ```');
  expect(code('a\nb')).toBe('`a b`');
});
