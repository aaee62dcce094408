// Where a Codex may be installed. Names come first, and something that may hang is asked whether
// anything is there; only a folder that has answered is looked into.

import fs from 'node:fs';
import path from 'node:path';
import type { Codex } from '../../engine/model/snapshot.ts';

export interface Found {
  readonly file: string;
  readonly foundBy: Codex['foundBy'];
}

export type Place =
  | { readonly kind: 'program'; readonly at: string; readonly foundBy: Codex['foundBy'] }
  /** A folder of an editor's extensions, or of the builds that the app on Windows keeps. */
  | { readonly kind: 'extensions' | 'builds'; readonly at: string };

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
  readonly homes: () => readonly string[];
}

export function placesOf(around: Surroundings, system: NodeJS.Platform): readonly Place[] {
  const { environment, userHome } = around;
  const { join, delimiter, isAbsolute } = system === 'win32' ? path.win32 : path.posix;
  const names = system === 'win32' ? ['codex.exe', 'codex.cmd'] : ['codex'];
  // Names of Windows' variables come in any case, and PATH is written "Path" there.
  const variable = Object.keys(environment).find(name => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [
    ...(environment[variable] ?? '').split(delimiter),
    ...installerFolders(around, system).map(parts => join(...parts)),
  ];
  const programs = [
    ...folders.flatMap(folder => names.map(name => asProgram(join(folder, name), 'path'))),
    ...desktopPrograms(around, system).map(at => asProgram(at, 'desktop')),
  ];
  const places: readonly Place[] = [
    ...programs,
    ...EDITORS.map(editor => ({
      kind: 'extensions' as const,
      at: join(userHome, editor, 'extensions'),
    })),
    { kind: 'extensions', at: environment['VSCODE_EXTENSIONS'] ?? '' },
    { kind: 'builds', at: join(environment['LOCALAPPDATA'] ?? '', 'OpenAI', 'Codex', 'bin') },
  ];
  return (
    places
      // What is relative, as an empty entry of PATH is, means whatever folder we run in: a workspace
      // could choose it.
      .filter(({ at }) => isAbsolute(at))
      .filter(({ at }, index, all) => all.findIndex(place => place.at === at) === index)
  );
}

/** Looks into a folder that has answered. */
export function programsBelow({ kind, at }: Place): readonly Found[] {
  const name = process.platform === 'win32' ? 'codex.exe' : 'codex';
  if (kind === 'extensions') return extensionPrograms(at, name);
  return newest(list(at).map(build => path.join(at, build, name))).map(file => ({
    file,
    foundBy: 'desktop',
  }));
}

/** The programs of the official extension in a folder of extensions: of the one that is in use. */
function extensionPrograms(folder: string, name: string): readonly Found[] {
  return installedExtensions(folder).flatMap(extension => {
    const bin = path.join(folder, extension, 'bin');
    const platforms = list(bin).filter(platform => EXTENSION_PLATFORM.test(platform));
    const own = platforms.filter(platform => platform.endsWith(EXTENSION_CPU));
    return (own.length > 0 ? own : platforms)
      .map(platform => path.join(bin, platform, name))
      .filter(file => fs.existsSync(file))
      .map(file => ({ file, foundBy: 'editor' as const }));
  });
}

function asProgram(at: string, foundBy: Codex['foundBy']): Place {
  return { kind: 'program', at, foundBy };
}

/** Folders of installers, for a server that was started without a login shell and its PATH. */
function installerFolders(
  { environment, userHome, homes }: Surroundings,
  system: NodeJS.Platform,
): readonly (readonly string[])[] {
  const ofHomes = homes().flatMap(home => {
    const current = [home, 'packages', 'standalone', 'current'];
    return [[...current, 'bin'], current];
  });
  if (system === 'win32') {
    const local = environment['LOCALAPPDATA'] ?? '';
    const roaming = environment['APPDATA'] ?? '';
    return [[local, 'Programs', 'OpenAI', 'Codex', 'bin'], [roaming, 'npm'], ...ofHomes];
  }
  return [
    ...['.local/bin', '.npm-global/bin', '.bun/bin', '.local/share/pnpm', 'Library/pnpm'].map(
      folder => [userHome, folder],
    ),
    ...[['/usr/local/bin'], ['/opt/homebrew/bin'], ['/home/linuxbrew/.linuxbrew/bin']],
    ...ofHomes,
  ];
}

/** Windows' app may not be run where the store puts it; it keeps builds that may, see `builds`. */
function desktopPrograms(
  { environment, userHome }: Surroundings,
  system: NodeJS.Platform,
): readonly string[] {
  if (system === 'win32')
    return [path.win32.join(environment['LOCALAPPDATA'] ?? '', 'OpenAI\\Codex\\bin\\codex.exe')];
  if (system !== 'darwin') return [];
  const inApp = [
    'Contents/Resources/codex',
    'Contents/Resources/codex-cli/CodexCLI.app/Contents/MacOS/codex',
  ];
  return ['/Applications', path.posix.join(userHome, 'Applications')].flatMap(folder =>
    ['Codex.app', 'ChatGPT.app'].flatMap(app =>
      inApp.map(file => path.posix.join(folder, app, file)),
    ),
  );
}

/** Of several builds, the one that was made last; older ones are left-overs of updates. */
function newest(files: readonly string[]): readonly string[] {
  const made = files.flatMap(file => {
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ file, atMs: stats.mtimeMs }];
  });
  return made
    .sort((one, other) => other.atMs - one.atMs)
    .slice(0, 1)
    .map(({ file }) => file);
}

const EDITORS = [
  ...['.vscode', '.vscode-insiders', '.vscode-server', '.vscode-server-insiders'],
  ...['.vscode-oss', '.vscodium', '.vscodium-server', '.cursor', '.cursor-server'],
  ...['.windsurf', '.windsurf-server'],
];

const EXTENSION = /^openai\.chatgpt-/i;
const EXTENSION_PLATFORM = { linux: /^linux-/, darwin: /^macos-/, win32: /^windows-/ }[
  process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux'
];
const EXTENSION_CPU = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** An editor keeps old versions until it has been started anew; its registry says which is in use. */
function installedExtensions(folder: string): readonly string[] {
  const registry = readJson(path.join(folder, 'extensions.json'));
  const registered = Array.isArray(registry)
    ? registry
        .map((entry: unknown) => (entry as { relativeLocation?: unknown } | null)?.relativeLocation)
        .filter(name => typeof name === 'string')
        .filter(name => EXTENSION.test(name) && path.basename(name) === name)
    : [];
  if (registered.length > 0) return registered;
  const obsolete = readJson(path.join(folder, '.obsolete'));
  const isObsolete = (name: string) =>
    typeof obsolete === 'object' && obsolete !== null && name in obsolete;
  return list(folder).filter(name => EXTENSION.test(name) && !isObsolete(name));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function list(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
