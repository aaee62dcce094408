import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmless } from '../../src/words/harmless.ts';
import { markdownAsText, renderMarkdown } from '../../src/cli/text/markdown.ts';
import { createPaint, wantsColours } from '../../src/cli/text/paint.ts';
import { displayWidth, shorten, shortenPath } from '../../src/cli/text/width.ts';
import {
  ageInWords,
  bytesInWords,
  count,
  inWords,
  isoTime,
  withTilde,
} from '../../src/words/amounts.ts';
import { wrap } from '../../src/cli/text/wrap.ts';
import { fileUri, folderUri, relativeUri } from '../../src/cli/render/uris.ts';
import { quoted } from '../../src/cli/paths.ts';

test.each([
  ['abc', 3],
  ['', 0],
  ['日本語', 6],
  ['한국어', 6],
  ['ｆｕｌｌ', 8],
  ['cafe\u0301', 4],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['✓ ok', 4],
  ['❤️', 2],
  ['สวัสดี', 4],
  ['a\u200db', 2],
  ['\u001b[31mred\u001b[39m', 3],
])('%j is %i columns wide', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

describe('a wrapped text', () => {
  test('breaks between words', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  test('breaks a path behind its folders, and a long word where it must', () => {
    expect(wrap('see /home/ada/work/one/two', 12)).toEqual(['see', '/home/ada/', 'work/one/two']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  test('breaks between letters where a script has no spaces', () => {
    expect(wrap('データベースの移行。', 8)).toEqual(['データベ', 'ースの移', '行。']);
    expect(wrap('移行する。', 8)).toEqual(['移行す', 'る。']);
  });

  test('keeps every letter, and no line is too long', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 2, max: 40 }),
        (text, width) => {
          const plain = harmless(text);
          const lines = wrap(plain, width);
          expect(lines.join('').replaceAll(' ', '')).toBe(plain.replaceAll(' ', ''));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width + 2);
        },
      ),
    );
  });
});

describe('what is too long', () => {
  test('loses its end', () => {
    expect(shorten('Fix the login test', 10)).toBe('Fix the l…');
    expect(shorten('データベース', 6)).toBe('デー…');
    expect(shorten('fits', 4)).toBe('fits');
  });

  test('a path loses its middle', () => {
    const path = '~/work/a-long-name/another-folder/src/index';
    expect(shortenPath(path, 30)).toBe('~/…/another-folder/src/index');
    expect(shortenPath(path, 20)).toBe('~/…/src/index');
    expect(shortenPath('/usr/local/lib/node_modules', 20)).toBe('/usr/…/node_modules');
    expect(shortenPath(path, 100)).toBe(path);
    expect(shortenPath('a-single-very-long-name', 8)).toBe('a-singl…');
    expect(shortenPath(String.raw`C:\Users\ada\work\one`, 14)).toBe(String.raw`C:\…\work\one`);
  });
});

test('what comes from elsewhere is one harmless line', () => {
  expect(harmless('a\r\n\tb')).toBe('a b');
  expect(harmless('\u001b]0;title\u0007x\u0085y')).toBe('\u241b]0;title\u2407x y');
  expect(harmless('\u202egnp.exe\u2066')).toBe('\ufffdgnp.exe\ufffd');
  expect(harmless('👩‍👩‍👧 café')).toBe('👩‍👩‍👧 café');
});

test('numbers are written as English writes them', () => {
  const english = new Intl.NumberFormat('en-US');
  fc.assert(fc.property(fc.maxSafeInteger(), number => inWords(number) === english.format(number)));
});

test('numbers, sizes and ages', () => {
  expect([count(1, 'thread'), count(20_000, 'thread')]).toEqual(['1 thread', '20,000 threads']);
  expect([0, 1023, 1024, 1536, 80 * 1024 ** 3].map(bytesInWords)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 KiB',
    '80 GiB',
  ]);
  const now = Date.UTC(2026, 10, 21);
  const ages = [0.001, 0.02, 3, 47, 24 * 13, 24 * 40, 24 * 300, 24 * 1000];
  expect(ages.map(hours => ageInWords(now - hours * 3_600_000, now))).toEqual([
    'just now',
    '1 minute ago',
    '3 hours ago',
    '1 day ago',
    '13 days ago',
    '5 weeks ago',
    '9 months ago',
    '2 years ago',
  ]);
  expect(ageInWords(0, now)).toBe('');
  expect(ageInWords(now + 9e7, now)).toBe('in the future');
});

test('a time that is none is null, and no exception', () => {
  expect(isoTime(Date.UTC(2026, 0, 2))).toBe('2026-01-02T00:00:00.000Z');
  expect([0, Number.NaN, Infinity, 9e15].map(isoTime)).toEqual([null, null, null, null]);
});

test('a person writes their own directory as ~', () => {
  expect(withTilde('/home/ada/work', '/home/ada')).toBe('~/work');
  expect(withTilde('/home/adam/work', '/home/ada')).toBe('/home/adam/work');
  expect(withTilde('/home/ada', '/home/ada')).toBe('~');
  expect(withTilde('/etc', '/')).toBe('/etc');
});

test('colours: the command line, then FORCE_COLOR, then NO_COLOR, then the terminal', () => {
  expect(wantsColours(true, false, {})).toBe(true);
  expect(wantsColours(false, false, {})).toBe(false);
  expect(wantsColours(true, true, { FORCE_COLOR: '1' })).toBe(false);
  expect(wantsColours(false, false, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
  expect(wantsColours(true, false, { FORCE_COLOR: '0' })).toBe(false);
  expect(wantsColours(true, false, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColours(true, false, { NO_COLOR: '' })).toBe(true);
  expect(wantsColours(true, false, { TERM: 'dumb' })).toBe(false);
});

const MARKDOWN = `# Title

The **bold words** and \`code here\` of a paragraph
that goes on, _so_ to say. See [the page](https://example.org/x).

- one item which is longer than
  a line
- two

1. first

\`\`\`toml
model_provider = "openai"   # stays
\`\`\``;

test('Markdown on a terminal', () => {
  expect(renderMarkdown(MARKDOWN, 30, createPaint(false))).toEqual([
    'Title',
    '',
    'The bold words and code here',
    'of a paragraph that goes on,',
    'so to say. See the page',
    '(https://example.org/x).',
    '',
    '- one item which is longer',
    '  than a line',
    '- two',
    '1. first',
    '',
    '    model_provider = "openai"   # stays',
  ]);
});

test('Markdown as plain text', () => {
  expect(markdownAsText('a **b**\nc `d_e_f`\n\n- x')).toBe('a b c d_e_f\n- x');
});

test('addresses of files', () => {
  expect(fileUri('/home/ada/a b/c#d?.jsonl')).toBe('file:///home/ada/a%20b/c%23d%3F.jsonl');
  expect(fileUri(String.raw`C:\Users\ada\x y`)).toBe('file:///C:/Users/ada/x%20y');
  expect(fileUri(String.raw`\\server\share\x`)).toBe('file://server/share/x');
  expect(folderUri('/home/ada/.codex')).toBe('file:///home/ada/.codex/');
  expect(relativeUri('sessions/a:b/c%')).toBe('sessions/a%3Ab/c%25');
});

test('words of a command that can be typed', () => {
  expect(quoted('/home/ada/.codex', 'linux')).toBe('/home/ada/.codex');
  expect(quoted("it's $HOME", 'linux')).toBe(String.raw`'it'\''s $HOME'`);
  expect(quoted(String.raw`C:\My Files`, 'win32')).toBe(String.raw`"C:\My Files"`);
});
