// The third lock: every rule of the house that a machine can hold.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checks } from '../src/engine/checks/index.ts';
import { manifestFaults } from './support/manifest.ts';

const ROOT = path.join(import.meta.dirname, '..');
const LIBRARIES_OF_SCAN = ['toml-eslint-parser', 'fzstd'];

/**
 * Who may import whom. The longest matching room of a file decides; a path that ends with `(types)`
 * may be imported for its types only.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/engine/model': ['src/engine/model'],
  'src/engine/world.ts': ['src/engine/model'],
  'src/engine/refusal.ts': [],
  'src/engine/redact': ['src/engine/model', 'src/engine/redact'],
  'src/engine/nothingLost.ts': ['src/engine/model'],
  'src/engine/visibility': ['src/engine/model', 'src/engine/visibility'],
  'src/engine/visibility.ts': ['src/engine/model', 'src/engine/visibility'],
  'src/engine/hosts': ['src/engine/model', 'src/engine/hosts'],
  'src/engine/scan': [
    'src/engine/model',
    // Of a home that is shared nothing is read a second time.
    'src/engine/hosts/sharing.ts',
    'src/engine/world.ts',
    'src/engine/scan',
    ...LIBRARIES_OF_SCAN,
  ],
  'src/engine/transcript': [
    'src/engine/model (types)',
    'src/engine/world.ts (types)',
    'src/engine/scan/rollouts/readFirstLine.ts',
    'src/engine/scan/rollouts/rolloutLine.ts',
    'src/engine/transcript',
  ],
  'src/engine/checks': [
    'src/engine/model',
    'src/engine/visibility',
    'src/engine/visibility.ts',
    'src/engine/hosts',
    'src/engine/checks',
  ],
  'src/engine/hands.ts': ['src/engine/model', 'src/engine/world.ts (types)'],
  'src/engine/repair': [
    'src/engine/model',
    'src/engine/world.ts (types)',
    'src/engine/hands.ts',
    'src/engine/refusal.ts',
    'src/engine/scan/closer/threadTables.ts',
    'src/engine/scan/closer/wholeRows.ts',
    'src/engine/scan/databases/databaseImage.ts',
    'src/engine/scan/databases/projections.ts',
    'src/engine/scan/unpackWhole.ts',
    'src/engine/scan/rollouts/readLeaning.ts',
    'src/engine/scan/splitNotes.ts',
    'src/engine/scan/ownDatabaseNotes.ts',
    'src/engine/scan/layout.ts',
    // What a thread's defect is, and what cures are made of, is decided there once.
    'src/engine/checks',
    'src/engine/repair',
  ],
  // What a person may ask to be changed, one file a kind.
  'src/engine/changes': [
    'src/engine/model',
    'src/engine/world.ts (types)',
    'src/engine/hands.ts (types)',
    'src/engine/refusal.ts',
    'src/engine/scan',
    'src/engine/hosts',
    'src/engine/checks',
    'src/engine/repair',
    'src/engine/changes',
  ],
  'src/engine/hostList': [
    'src/engine/model',
    'src/engine/world.ts (types)',
    'src/engine/refusal.ts',
    'src/engine/scan',
    'src/engine/hosts',
    'src/engine/hostList',
  ],
  'src/engine/disk': [
    'src/engine/model',
    'src/engine/world.ts (types)',
    // Which conversations may be compressed, whether a place answers, and what Codex calls its files, stands there once.
    'src/engine/repair/planCompression.ts',
    'src/engine/repair/site.ts',
    'src/engine/scan/layout.ts',
    'src/engine/disk',
  ],
  'src/engine': ['src/engine'],
  'src/protocol': ['src/engine/model (types)', 'src/protocol (types)'],
  // How numbers, times and texts from elsewhere are said, wherever a person reads them.
  'src/words': ['src/words', 'src/engine/model (types)'],
  'src/node': [
    'src/engine/world.ts (types)',
    'src/engine/hands.ts',
    'src/engine/model (types)',
    // The engine's own reading of a database, which runs in a thread beside the scan.
    'src/engine/scan/databases/databaseImage.ts',
    'src/engine/scan/databases/pageUses.ts',
    'src/engine/scan/databases/stateDatabase.ts',
    'src/node',
    'node:',
    'sql.js',
    'fzstd',
    'vscode-jsonrpc',
  ],
  // What is sent to another host: a scan there, and no judgement.
  'src/scanner': [
    'src/engine/scan/takeSnapshot.ts',
    'src/engine/world.ts (types)',
    'src/engine/model (types)',
    'src/node',
    'node:',
  ],
  'src/server': [
    'src/engine/engine.ts',
    // It is given hands, and passes them on to the repairs of the engine; it uses none itself.
    'src/engine/hands.ts (types)',
    'src/engine/refusal.ts',
    'src/engine/world.ts (types)',
    'src/engine/model (types)',
    'src/node',
    'src/protocol',
    'src/server',
    'src/words',
    'node:',
    'vscode-languageserver',
    'vscode-uri',
  ],
  'src/cli': [
    'src/engine/engine.ts',
    'src/engine/hands.ts (types)',
    'src/engine/refusal.ts',
    'src/engine/world.ts (types)',
    'src/engine/model (types)',
    'src/node',
    'src/protocol',
    'src/cli',
    'src/words',
    'node:',
  ],
  'src/extension': [
    'src/engine/model (types)',
    'src/protocol',
    'src/extension',
    'src/words',
    'vscode',
    'vscode-languageclient',
    'node:path',
  ],
};

interface Import {
  readonly from: string;
  readonly target: string;
  readonly typesOnly: boolean;
}

const sources = filesBelow('src').filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'));
const imports = sources.flatMap(importsOf);

test('every file belongs to a room', () => {
  expect(sources.filter(file => roomOf(file) === undefined)).toEqual([]);
});

test('rooms import only what they may', () => {
  const broken = imports.filter(entry => !mayImport(entry));
  expect(broken.map(({ from, target }) => `${from} imports ${target}`)).toEqual([]);
});

test('the engine names no Node, no editor, no clock and no chance', () => {
  const forbidden =
    /\b(?:process|Buffer|console|setTimeout|setInterval|require)\b[.(]|\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)/;
  const broken = sources
    .filter(file => file.startsWith('src/engine/'))
    .filter(file => forbidden.test(withoutComments(read(file))));
  expect(broken).toEqual([]);
});

test('the thread of the databases loads little of Node, which it has to do anew in each scan', () => {
  const loaded = new Set(['src/node/databaseWorker.ts']);
  for (const file of loaded)
    for (const { from, target, typesOnly } of imports)
      if (from === file && !typesOnly) loaded.add(target);
  const ofNode = [...loaded].filter(target => target.startsWith('node:')).sort();
  expect(ofNode).toEqual(['node:fs', 'node:path', 'node:v8', 'node:worker_threads']);
});

test('no room has a name that says nothing', () => {
  const empty = /(?:^|\/)(?:utils?|common|helpers?|services?|misc|lib)(?:\/|\.ts$)/;
  expect(sources.filter(file => empty.test(file))).toEqual([]);
});

test('no class calls itself a manager, and no test is switched off', () => {
  const tests = filesBelow('test').filter(
    file => file.endsWith('.ts') && file !== 'test/house.test.ts',
  );
  const classes = sources.filter(file =>
    /class \w*(?:Manager|Helper|Util|Service|Impl)\b/.test(read(file)),
  );
  const switchedOff = tests.filter(file =>
    /\b(?:test|it|describe)\.(?:skip|only|todo)\b/.test(read(file)),
  );
  expect([...classes, ...switchedOff]).toEqual([]);
});

describe('checks', () => {
  const files = filesBelow('src/engine/checks')
    .map(file => path.basename(file, '.ts'))
    .filter(name => name.includes('-'));

  test('are each in the registry, under the name of their file', () => {
    expect(checks.map(({ id }) => id).sort()).toEqual(files.sort());
  });

  test('have a test of the same name', () => {
    const tested = filesBelow('test/checks').map(file => path.basename(file, '.test.ts'));
    expect(checks.map(({ id }) => id).filter(id => !tested.includes(id))).toEqual([]);
  });

  test('say what they mean', () => {
    const mute = checks.filter(({ title, meaning }) => title.length < 8 || meaning.length < 80);
    expect(mute.map(({ id }) => id)).toEqual([]);
  });

  test('say of each cure in whole sentences what it cannot do', () => {
    const cures = checks.flatMap(({ id, cures = [] }) =>
      cures.map(cure => ({ name: `${id} ${cure.id}`, limits: cure.limits })),
    );
    const boundless = cures.filter(({ limits }) => !/^[A-Z].{20,}\.$/s.test(limits));
    expect(boundless.map(({ name }) => name)).toEqual([]);
  });
});

describe('what the manifest contributes', () => {
  const faults = manifestFaults();

  test('is used, and tried out by a test that names it', () => {
    expect([faults.unused, faults.untested]).toEqual([[], []]);
  });

  test('is all that code, menus and conditions name', () => {
    expect(faults.unknown).toEqual([]);
  });

  test('has its texts, and no others', () => {
    expect(faults.texts).toEqual([]);
  });
});

test('every suite of the editor is among those that are run', () => {
  const folder = 'test/editor/suite';
  const loaded = loadedFrom(`${folder}/index.ts`);
  const suites = filesBelow(folder)
    .filter(file => !file.startsWith(`${folder}/broken/`))
    .filter(file => /^import \{[^}]*\btest\b[^}]*\} from '[^']*harness\.ts'/m.test(read(file)))
    .filter(file => !loaded.includes(file));
  expect(loaded.length).toBeGreaterThan(1);
  expect(suites).toEqual([]);
});

/** A file, and what it loads for nothing but its effect. */
function loadedFrom(file: string): readonly string[] {
  const named = [...read(file).matchAll(/^import '(\.[^']+)';/gm)].map(([, name = '']) =>
    path.posix.join(path.posix.dirname(file), name),
  );
  return [file, ...named.flatMap(loadedFrom)];
}

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter(room => file === room || file.startsWith(`${room}/`))
    .sort((one, other) => other.length - one.length)[0];
}

function mayImport({ from, target, typesOnly }: Import): boolean {
  const allowed = ROOMS[roomOf(from) ?? ''] ?? [];
  return allowed.some(rule => {
    const isForTypes = rule.endsWith(' (types)');
    if (isForTypes && !typesOnly) return false;
    const place = rule.replace(' (types)', '');
    return (
      target === place ||
      target.startsWith(`${place}/`) ||
      (place.endsWith(':') && target.startsWith(place))
    );
  });
}

function importsOf(from: string): Import[] {
  const text = read(from);
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\b([^;]*?)\bfrom\s+'([^']+)'/gms)) {
    const [, clause = '', specifier = ''] = match;
    const names = clause
      .replace(/[{}]/g, '')
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== '');
    const typesOnly = /^\s*type\b/.test(clause) || names.every(name => name.startsWith('type '));
    const target = specifier.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier))
      : specifier;
    found.push({ from, target, typesOnly });
  }
  return found;
}

function filesBelow(folder: string): string[] {
  const below = path.join(ROOT, folder);
  if (!fs.existsSync(below)) return [];
  return fs
    .readdirSync(below, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      path.relative(ROOT, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'),
    );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/^import .*$/gm, '');
}

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}
