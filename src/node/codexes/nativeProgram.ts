// From the name that a person types to the program that runs. Package managers put a launcher in
// between; it is never run, since it would need a shell or an interpreter that others can choose.

import fs from 'node:fs';
import path from 'node:path';

/** Null when it is a script that is not one of the known launchers, or when it is gone. */
export function nativeProgram(file: string): string | null {
  try {
    const real = fs.realpathSync.native(file);
    // Opening a pipe would wait for somebody who writes into it.
    if (!fs.statSync(real).isFile()) return null;
    if (/\.[cm]?js$/.test(real)) return inPackage(path.dirname(path.dirname(real)));
    const text = scriptText(real);
    if (text === null) return real;
    const launcher = LAUNCHER.exec(text)?.[1];
    if (launcher === undefined) return null;
    // Beside the name that was found, not beside what it leads to: so the script understands it.
    const script = path.resolve(path.dirname(file), launcher.replaceAll('\\', path.sep));
    return inPackage(path.dirname(path.dirname(fs.realpathSync.native(script))));
  } catch {
    return null;
  }
}

/** `"$basedir/…/@openai/codex/bin/codex.js"` of npm's and pnpm's scripts, `%dp0%\…` on Windows. */
const LAUNCHER = /(?:\$basedir|%~?dp0%?)[\\/]+([^"'\n]*@openai[\\/]codex[\\/]bin[\\/]codex\.js)/;

const SCRIPT_BYTES = 16 * 1024;

/** Null for a program that the system runs by itself. */
function scriptText(file: string): string | null {
  const handle = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(SCRIPT_BYTES);
    const text = buffer.toString('latin1', 0, fs.readSync(handle, buffer, 0, SCRIPT_BYTES, 0));
    return text.startsWith('#!') || /\.(?:cmd|bat|ps1)$/i.test(file) ? text : null;
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * Looks where the launcher itself looks: in the package for this platform, which lies in a
 * `node_modules` of the launcher's package or above it; in old releases in the package itself.
 */
function inPackage(root: string): string | null {
  const target = TARGETS[`${process.platform} ${process.arch}`];
  if (target === undefined) return null;
  const { triple, suffix } = target;
  const name = process.platform === 'win32' ? 'codex.exe' : 'codex';
  const packages = [
    ...withParents(root).map(folder => `${folder}/node_modules/@openai/codex-${suffix}`),
    root,
  ];
  const places = packages.flatMap(folder =>
    ['bin', 'codex'].map(inner => path.join(folder, 'vendor', triple, inner, name)),
  );
  const old = path.join(root, 'bin', `codex-${triple}${path.extname(name)}`);
  const found = [...places, old].find(place => fs.existsSync(place));
  return found === undefined ? null : fs.realpathSync.native(found);
}

function withParents(folder: string): readonly string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...withParents(above)];
}

const TARGETS: Readonly<Record<string, { readonly triple: string; readonly suffix: string }>> = {
  'linux x64': { triple: 'x86_64-unknown-linux-musl', suffix: 'linux-x64' },
  'linux arm64': { triple: 'aarch64-unknown-linux-musl', suffix: 'linux-arm64' },
  'darwin x64': { triple: 'x86_64-apple-darwin', suffix: 'darwin-x64' },
  'darwin arm64': { triple: 'aarch64-apple-darwin', suffix: 'darwin-arm64' },
  'win32 x64': { triple: 'x86_64-pc-windows-msvc', suffix: 'win32-x64' },
  'win32 arm64': { triple: 'aarch64-pc-windows-msvc', suffix: 'win32-arm64' },
};
