// What package.json contributes to VS Code, held against the code that it is for.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  COMMANDS,
  FILTER_KEY,
  KEEP_BACKUPS_FOR,
  RECORD_LANGUAGE,
  SETTINGS,
  STATE_KEY,
  VIEW,
} from '../../src/extension/contributions.ts';
import type { ViewState } from '../../src/extension/tree/states.ts';
import type { Filter } from '../../src/protocol/tree.ts';
import { DOCUMENT_SCHEME } from '../../src/protocol/documents.ts';
import { DEFAULT_SETTINGS } from '../../src/server/settings.ts';

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}

interface Contributions {
  readonly viewsContainers: { readonly activitybar: readonly { readonly id: string }[] };
  readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly viewsWelcome: readonly { readonly view: string; readonly when: string }[];
  readonly commands: readonly {
    readonly command: string;
    readonly category: string;
    readonly enablement?: string;
  }[];
  readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
  readonly submenus: readonly { readonly id: string }[];
  readonly walkthroughs: readonly {
    readonly id: string;
    readonly steps: readonly { readonly id: string }[];
  }[];
  readonly languages: readonly { readonly id: string; readonly firstLine: string }[];
  readonly configuration: { readonly properties: Readonly<Record<string, { default: unknown }>> };
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: Contributions;
  readonly icon: string;
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
    readonly virtualWorkspaces: boolean;
  };
}

const root = path.join(import.meta.dirname, '../..');
const manifest = JSON.parse(read('package.json')) as Manifest;
const { contributes } = manifest;

test('commands are the ones that the code registers, in the category Codex', () => {
  const ids = contributes.commands.map(({ command }) => command);
  expect(ids.sort()).toEqual(Object.values(COMMANDS).sort());
  expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(['Codex']));
});

test('menus name commands and menus that there are', () => {
  const named = Object.values(contributes.menus).flatMap(items =>
    items.map(item => item.command ?? item.submenu ?? ''),
  );
  const submenus = contributes.submenus.map(({ id }) => id);
  const known: readonly string[] = [...Object.values(COMMANDS), ...submenus];
  expect(named.filter(command => !known.includes(command))).toEqual([]);
});

test('commands that need an argument hide in the palette', () => {
  const hidden = (contributes.menus['commandPalette'] ?? [])
    .filter(({ when }) => when === 'false')
    .map(({ command }) => command);
  const alone: readonly string[] = [
    ...[COMMANDS.refresh, COMMANDS.copyReport, COMMANDS.showLog, COMMANDS.repairState],
    ...[COMMANDS.undoRepair, COMMANDS.showHistory, COMMANDS.showAccepted, COMMANDS.saveCopy],
    ...[
      COMMANDS.moveProvider,
      COMMANDS.splitHome,
      COMMANDS.keepDatabasesLocal,
      COMMANDS.askHosts,
      COMMANDS.findThread,
      COMMANDS.showAllThreads,
    ],
    ...[COMMANDS.showThreadsInTrouble, COMMANDS.showHiddenThreads, COMMANDS.showArchivedThreads],
    // Of the page that is open.
    ...[COMMANDS.openTranscript, COMMANDS.repairFinding, COMMANDS.openInCodex],
    ...[COMMANDS.copyResumeCommand, COMMANDS.applyPlan, COMMANDS.noteWriting, COMMANDS.stopNoting],
  ];
  expect(hidden.sort()).toEqual(
    Object.values(COMMANDS)
      .filter(command => !alone.includes(command))
      .sort(),
  );
});

test('menus of rows are for the rows of our view, and those of editors for our documents', () => {
  const whens = (menu: string) => (contributes.menus[menu] ?? []).map(({ when = '' }) => when);
  const strangers = [
    ...whens('view/item/context').filter(when => !when.startsWith(`view == ${VIEW} && viewItem`)),
    ...whens('editor/title').filter(
      when => !when.startsWith(`resourceScheme == ${DOCUMENT_SCHEME} && resourcePath`),
    ),
  ];
  expect(strangers).toEqual([]);
});

test('a row says which commands are for it', () => {
  const commandsFor = (viewItem: string, ...keys: readonly string[]) =>
    (contributes.menus['view/item/context'] ?? [])
      .filter(({ when = '' }) =>
        holds(when, {
          view: VIEW,
          viewItem,
          ...Object.fromEntries(keys.map(key => [key, 'true'])),
        }),
      )
      .map(({ command = '' }) => command.replace('codexHealth.', ''));
  expect(commandsFor('thread')).not.toContain('unarchiveThread');
  expect(commandsFor('thread')).toContain('archiveThread');
  expect(commandsFor('thread archived')).toContain('unarchiveThread');
  expect(commandsFor('thread archived')).not.toContain('archiveThread');
  expect(commandsFor('thread active trouble')).not.toContain('repairFinding');
  expect(commandsFor('thread active trouble curable')).toContain('repairFinding');
  expect(commandsFor('finding error')).toEqual(['acceptFinding']);
  expect(commandsFor('finding error curable')).toContain('repairFinding');
  expect(commandsFor('project')).toEqual(['moveProvider']);
  expect(commandsFor('project trouble')).toContain('repairFinding');
  expect(commandsFor('project missing')).toContain('relinkFolder');
  expect(commandsFor('gap')).toEqual([]);
  for (const shared of ['host shared', 'home shared', 'finding warning check:home-shared'])
    expect(commandsFor(shared)).toContain('splitHome');
  for (const own of ['host', 'home', 'finding warning check:thread-row-missing'])
    expect(commandsFor(own)).not.toContain('splitHome');
  const onNetwork = 'finding warning check:database-on-network-filesystem';
  expect(commandsFor(onNetwork)).toEqual(['acceptFinding', 'keepDatabasesLocal']);
  const notTaken = 'finding warning check:split-not-effective';
  expect(commandsFor(notTaken)).toEqual(['acceptFinding', 'askHosts']);
  for (const row of ['thread active', 'project']) {
    expect(commandsFor(row)).not.toContain('pinToHost');
    expect(commandsFor(row, 'codexHealth.shared')).toContain('pinToHost');
  }
  expect(commandsFor('host shared')).toEqual(['splitHome', 'noteWriting']);
  expect(commandsFor('host shared', 'codexHealth.noting')).toEqual(['splitHome', 'stopNoting']);
});

test('the view is in its container, with a welcome for when it is empty', () => {
  expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([SETTINGS]);
  expect(contributes.views[SETTINGS]?.map(({ id }) => id)).toEqual([VIEW]);
  expect(new Set(contributes.viewsWelcome.map(({ view }) => view))).toEqual(new Set([VIEW]));
  const empty: readonly ViewState[] = [
    ...(['no-home', 'no-codex', 'failed', 'empty', 'healthy', 'no-match'] as const),
  ];
  expect(contributes.viewsWelcome.map(({ when }) => when)).toEqual(
    empty.map(state => `${STATE_KEY} == '${state}'`),
  );
});

test('each filter has a command, which can be chosen unless it is the current one', () => {
  const filters: readonly Filter[] = ['all', 'trouble', 'hidden', 'archived'];
  const items = contributes.menus['codexHealth.filters'] ?? [];
  const enabled = items.map(
    ({ command }) => contributes.commands.find(one => one.command === command)?.enablement,
  );
  expect(enabled).toEqual(filters.map(filter => `${FILTER_KEY} != '${filter}'`));
});

test('settings are the ones that somebody reads', () => {
  const own = Object.keys(contributes.configuration.properties)
    .map(name => name.replace(`${SETTINGS}.`, ''))
    .filter(name => name !== 'trace.server' && name !== KEEP_BACKUPS_FOR);
  expect(own.sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
});

test('a folder that is not trusted says neither where to look nor what to run', () => {
  const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
  const paths = ['home', 'sqliteHome', 'codexPath', 'vault'].map(name => `${SETTINGS}.${name}`);
  expect(untrustedWorkspaces.restrictedConfigurations).toEqual(paths);
  expect(virtualWorkspaces).toBe(true);
  expect(manifest.extensionKind).toEqual(['workspace']);
});

test('the language of our documents knows them by their first line', () => {
  const [language] = contributes.languages;
  expect(language?.id).toBe(RECORD_LANGUAGE);
  const firstLine = new RegExp(language?.firstLine ?? '');
  for (const title of [
    ...['session 01a0', 'database state_5.sqlite', 'home /home/ada/.codex'],
    ...['plan: Repair State', 'repair history'],
  ])
    expect(`Codex ${title}`).toMatch(firstLine);
});

test('a transcript is Markdown by its first line, and no other document of ours is', () => {
  const [, markdown] = contributes.languages;
  expect(markdown?.id).toBe('markdown');
  const firstLine = new RegExp(markdown?.firstLine ?? '');
  expect('# Codex transcript: mend the roof').toMatch(firstLine);
  expect('Codex session 01a0').not.toMatch(firstLine);
});

test('documents that a window opens again wake the extension', () => {
  expect(manifest.activationEvents).toContain(`onFileSystem:${DOCUMENT_SCHEME}`);
});

test('every text is in package.nls.json, and nothing else is', () => {
  const used = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map(match => match[1]);
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  expect([...new Set(used)].sort()).toEqual(Object.keys(texts).sort());
});

test('welcome texts and the walkthrough lead to commands that there are', () => {
  const links = [...read('package.nls.json').matchAll(/\(command:([\w.]+)/g)].map(([, id]) => id);
  const ofTheEditor = [
    ...['workbench.action.openSettings', 'workbench.action.reloadWindow'],
    `${VIEW}.focus`,
  ];
  const known: readonly string[] = [...Object.values(COMMANDS), ...ofTheEditor];
  expect(links.filter(id => !known.includes(id ?? ''))).toEqual([]);
});

test('the walkthrough looks, understands, repairs', () => {
  const steps = contributes.walkthroughs.flatMap(({ id, steps }) =>
    steps.map(step => `${id}#${step.id}`),
  );
  expect(steps).toEqual(['start#look', 'start#understand', 'start#repair']);
});

test('pictures that are named are there', () => {
  const files = [...read('package.json').matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(
    m => m[1] ?? '',
  );
  expect(files.filter(file => !fs.existsSync(path.join(root, file)))).toEqual([]);
});

/** Whether a condition of the kind that our menus use is true for a row. */
function holds(when: string, keys: Readonly<Record<string, string>>): boolean {
  return when.split(' && ').every(term => {
    const [, not, key = '', , value, pattern] =
      /^(!?)\(?([\w.]+)(?: (== (\S+)|=~ \/(.+?)\/))?\)?$/.exec(term) ?? [];
    const actual = keys[key];
    const isTrue =
      pattern !== undefined
        ? new RegExp(pattern).test(actual ?? '')
        : value !== undefined
          ? actual === value
          : actual !== undefined;
    return isTrue !== (not === '!');
  });
}

function read(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8');
}
