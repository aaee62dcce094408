// The manifest of the extension, held against the code and the tests: who contributes what, who uses it, who
// tries it out.

import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

/** The client of the language server reads this one by its name. */
const READ_BY_THE_CLIENT = 'trace.server';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly submenus?: readonly { readonly id: string }[];
    readonly languages: readonly { readonly id: string }[];
    readonly grammars: readonly { readonly language: string }[];
    readonly walkthroughs?: readonly {
      readonly id: string;
      readonly steps: readonly { readonly id: string }[];
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
}

/** What is wrong with it, each as one line; empty when everything fits. */
export interface ManifestFaults {
  /** Contributed, and nobody in src does anything with it. */
  readonly unused: readonly string[];
  /** Contributed, and named by no test. */
  readonly untested: readonly string[];
  /** Named in src, in a menu or a condition, and not there. */
  readonly unknown: readonly string[];
  /** Texts that the manifest names and has not, and the other way round. */
  readonly texts: readonly string[];
}

export function manifestFaults(root = ROOT): ManifestFaults {
  const text = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
  const manifest = JSON.parse(text) as Manifest;
  const english = fs.readFileSync(path.join(root, 'package.nls.json'), 'utf8');
  const nls = JSON.parse(english) as Readonly<Record<string, string>>;
  const sources = readAll(path.join(root, 'src'), ['extension', 'server', 'protocol']);
  const tests = readAll(path.join(root, 'test'), ['editor', 'server', 'extension']);
  const contributed = contributions(manifest, nls);
  const contexts = contextKeys(text, contributed);
  const all = [...contributed, ...contexts.map(id => ({ kind: 'context key', id, names: [id] }))];
  const lacking = (texts: string) =>
    all
      .filter(({ names }) => !names.some(name => texts.includes(name)))
      .map(({ kind, id }) => `${kind} ${id}`);
  return {
    unused: lacking(sources).filter(
      line => !/^walkthrough|^submenu/.test(line) && !line.endsWith(READ_BY_THE_CLIENT),
    ),
    untested: lacking(tests),
    unknown: [
      ...unknownInSources(sources, all),
      ...unknownInMenus(manifest),
      ...unknownViewItems(text, sources),
    ],
    texts: differing(
      [...text.matchAll(/%([\w.]+)%/g)].map(([, key = '']) => key),
      Object.keys(nls),
    ),
  };
}

interface Contribution {
  readonly kind: string;
  readonly id: string;
  /** By which of these it is known in code and tests. */
  readonly names: readonly string[];
}

function contributions(
  { contributes }: Manifest,
  nls: Readonly<Record<string, string>>,
): readonly Contribution[] {
  const views = Object.values(contributes.views).flat();
  const walkthroughs = contributes.walkthroughs ?? [];
  return [
    ...contributes.commands.map(({ command, title }) => ({
      kind: 'command',
      id: command,
      names: [
        `'${command}'`,
        `COMMANDS.${command.replace('codexHealth.', '')}`,
        // In a window it is run by what it is called.
        `'Codex: ${nls[title.replaceAll('%', '')] ?? title}'`,
      ],
    })),
    ...views.map(({ id }) => ({ kind: 'view', id, names: [`'${id}'`, '${VIEW}'] })),
    ...(contributes.submenus ?? []).map(({ id }) => ({ kind: 'submenu', id, names: [`'${id}'`] })),
    ...contributes.languages.map(({ id }) => ({
      kind: 'language',
      id,
      names: [`'${id}'`, 'RECORD_LANGUAGE'],
    })),
    ...Object.keys(contributes.configuration.properties).map(id => {
      const name = id.replace('codexHealth.', '');
      return { kind: 'setting', id, names: [`'${name}'`, `'${id}'`] };
    }),
    ...walkthroughs.flatMap(walkthrough =>
      walkthrough.steps.map(({ id }) => ({
        kind: 'walkthrough',
        id: `${walkthrough.id}#${id}`,
        names: [`'${walkthrough.id}#${id}'`],
      })),
    ),
  ];
}

/** What conditions ask for that is ours and is nothing else. */
function contextKeys(text: string, known: readonly Contribution[]): readonly string[] {
  const conditions = [
    ...text.matchAll(/"(?:when|enablement)": "([^"]+)"|"onContext:([^"]+)"/g),
  ].map(([, condition = '', event = '']) => `${condition} ${event}`);
  const named = conditions.flatMap(condition =>
    [...condition.matchAll(/codexHealth\.[\w.]+/g)].map(([key]) => key),
  );
  return [...new Set(named)].filter(key => !known.some(({ id }) => id === key));
}

function unknownInSources(sources: string, known: readonly Contribution[]): readonly string[] {
  // An item of the status bar has an id of its own, which is contributed nowhere.
  const rest = sources.replace(/createStatusBarItem\(\s*'[^']+'/g, '');
  const named = [...rest.matchAll(/'(codexHealth\.[\w.]+)'/g)].map(([, id = '']) => id);
  return [...new Set(named)]
    .filter(id => !known.some(one => one.id === id))
    .map(id => `src names ${id}`);
}

function unknownInMenus({ contributes }: Manifest): readonly string[] {
  const commands = new Set(contributes.commands.map(({ command }) => command));
  const submenus = new Set((contributes.submenus ?? []).map(({ id }) => id));
  const languages = new Set(contributes.languages.map(({ id }) => id));
  const items = Object.values(contributes.menus).flat();
  return [
    ...items.filter(({ command }) => command !== undefined && !commands.has(command)),
    ...items.filter(({ submenu }) => submenu !== undefined && !submenus.has(submenu)),
    ...contributes.grammars.filter(({ language }) => !languages.has(language)),
  ].map(item => `the manifest names ${JSON.stringify(item)}`);
}

/** Rows say what they are by words; a condition that asks for a word which no row says is never true. */
function unknownViewItems(text: string, sources: string): readonly string[] {
  const conditions = [...text.matchAll(/viewItem (?:=~ \/((?:\\.|[^/])+)\/|== '?(\w+))/g)];
  const words = conditions.flatMap(([, pattern = '', word = '']) =>
    [...`${pattern.replace(/\\+[a-z]/g, ' ')} ${word}`.matchAll(/[\w-]+/g)].map(([one]) => one),
  );
  return [...new Set(words)]
    .filter(word => !sources.includes(`'${word}'`))
    .map(word => `a menu asks for rows that are "${word}"`);
}

function differing(one: readonly string[], other: readonly string[]): readonly string[] {
  const missing = one.filter(key => !other.includes(key)).map(key => `no text for ${key}`);
  const spare = other.filter(key => !one.includes(key)).map(key => `nobody says ${key}`);
  return [...new Set([...missing, ...spare])];
}

/** All that is written in some rooms, as one text. */
function readAll(folder: string, rooms: readonly string[]): string {
  return rooms
    .flatMap(room => {
      const place = path.join(folder, room);
      return fs
        .readdirSync(place, { recursive: true, encoding: 'utf8' })
        .filter(name => /\.(?:ts|mjs)$/.test(name))
        .map(name => fs.readFileSync(path.join(place, name), 'utf8'));
    })
    .join('\n');
}
