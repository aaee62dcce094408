// Every text of the extension can be translated, and is.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { extensionTexts, textsOf } from '../support/extensionTexts.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const LANGUAGES = ['zh-cn'];

/** Of the walkthrough; VS Code finds a translation by its name. */
const PAGES = 'media/walkthrough';

type Texts = Readonly<Record<string, string>>;

describe('the texts of the code', () => {
  const { keys, unreadable, bypassing } = extensionTexts();

  test('are all handed to `l10n.t`, as they are', () => {
    expect(unreadable).toEqual([]);
    expect(bypassing).toEqual([]);
  });

  test('are the keys of the bundle', () => {
    expect(Object.keys(bundle('')).sort()).toEqual([...keys].sort());
  });
});

test.each([
  ["window.showErrorMessage(l10n.t('No'), 'Undo')", ["a.ts:1 'Undo'"]],
  ["item.label = isOld ? 'Old' : l10n.t('New')", ["a.ts:1 'Old'"]],
  ['const says = `so many ${n}`', ['a.ts:1 `so many ${n}`']],
  ["ask({ title: 'Choose' })", ["a.ts:1 'Choose'"]],
  ["new MarkdownString('**Host**')", ["a.ts:1 '**Host**'"]],
  ["log.info('a line of the log')", []],
  ["throw new Error('a failure of ours')", []],
  ['item.id = `thread ${uri} here`', []],
  ["if (loss === 'readable data') go('codexHealth.state')", []],
  ["bar.text = `$(warning) Codex ${n}`; f({ label: '$(check)' })", []],
])('what bypasses `l10n.t` is found: %s', (code, expected) => {
  expect(textsOf('a.ts', code).bypassing).toEqual(expected);
});

test('a text that is put together is no key', () => {
  expect(textsOf('a.ts', 'l10n.t(`a ${b}`)').unreadable).toEqual(['a.ts:1 l10n.t(`a ${b}`)']);
});

describe.each(LANGUAGES)('in %s', language => {
  const manifest = [read('package.nls.json'), read(`package.nls.${language}.json`)] as const;
  const code = [bundle(''), bundle(`.${language}`)] as const;

  test.each([
    ['the manifest', ...manifest],
    ['the code', ...code],
  ])('%s is translated, all of it and nothing else', (_, english, translated) => {
    expect(Object.keys(translated).sort()).toEqual(Object.keys(english).sort());
  });

  test.each([
    ['the manifest', ...manifest],
    ['the code', ...code],
  ])('%s keeps what is inserted, pressed and typed', (_, english, translated) => {
    const differing = Object.keys(english).filter(
      key => fixedParts(english[key] ?? '') !== fixedParts(translated[key] ?? ''),
    );
    expect(differing).toEqual([]);
  });

  test('commands are called as they are called in the menus', () => {
    const [english, translated] = manifest;
    const titles = Object.keys(english)
      .filter(key => key.startsWith('command.'))
      .map(key => [english[key] ?? '', translated[key] ?? ''] as const);
    const wrong = Object.entries(code[1]).flatMap(([text, said]) =>
      titles
        .filter(([title]) => new RegExp(`"(?:Codex: )?${title}"`).test(text))
        .filter(([, title]) => !said.includes(title))
        .map(([title]) => `${title}: ${said}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the pages of the walkthrough are there, with all that they say', () => {
    const pages = fs.readdirSync(path.join(ROOT, PAGES)).filter(name => /^\w+\.md$/.test(name));
    expect(pages).not.toEqual([]);
    for (const name of pages) {
      const translated = name.replace('.md', `.nls.${language}.md`);
      expect([name, ...shapeOf(translated)]).toEqual([name, ...shapeOf(name)]);
    }
  });
});

/** What kinds of lines a page has, one after the other, and what is the same in every language. */
function shapeOf(page: string): readonly string[] {
  const text = fs.readFileSync(path.join(ROOT, PAGES, page), 'utf8');
  // A line that is wrapped belongs to the one above.
  const lines = text.split('\n').filter(line => line !== '' && !/^\s/.test(line));
  return [...lines.flatMap(line => /^(?:#+|-|\d\.) /.exec(line) ?? []), fixedParts(text)];
}

/** Placeholders, names of icons, links and code: the same in every language, in any order. */
function fixedParts(text: string): string {
  return [...text.matchAll(/\{\d+\}|\$\([\w~-]+\)|\]\([^)]*\)|`[^`]*`/g)].flat().sort().join(' ');
}

function bundle(language: string): Texts {
  return read(`l10n/bundle.l10n${language}.json`);
}

function read(file: string): Texts {
  return JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8')) as Texts;
}
