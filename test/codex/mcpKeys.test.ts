// Why a split copies the log-ins of MCP servers and links none: what the real Codex makes of a link there. A login
// that is taken out is written as one that is renewed, and needs no server.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';

const URL = 'http://127.0.0.1:9/mcp';
const NAME = '.credentials.json';

/** By it Codex knows whose a login is. */
function keyOf(server: string): string {
  const what = JSON.stringify({ type: 'http', url: URL, headers: {} });
  return `${server}|${createHash('sha256').update(what).digest('hex').slice(0, 16)}`;
}

function login(server: string): object {
  const tokens = { client_id: 'c', access_token: 'a', refresh_token: 'r', scopes: [] };
  return { server_name: server, server_url: URL, expires_at: 9_999_999_999_999, ...tokens };
}

/** The servers of which there is a login afterwards, in the file to which the link leads, or in the copy. */
async function afterLogout(version: string, how: 'link' | 'copy'): Promise<readonly string[]> {
  const codex = await installCodex(version);
  return withScratchFolder(root => {
    const [shared, home] = [path.join(root, 'shared'), path.join(root, 'home')];
    for (const folder of [shared, home]) fs.mkdirSync(folder);
    const all = Object.fromEntries(['one', 'two'].map(one => [keyOf(one), login(one)]));
    fs.writeFileSync(path.join(shared, NAME), JSON.stringify(all), { mode: 0o600 });
    const own = path.join(home, NAME);
    if (how === 'link') fs.symlinkSync(path.join(shared, NAME), own);
    else fs.copyFileSync(path.join(shared, NAME), own);
    const config = `mcp_oauth_credentials_store = "file"\n[mcp_servers.one]\nurl = "${URL}"\n`;
    fs.writeFileSync(path.join(home, 'config.toml'), config);
    const env = { PATH: process.env['PATH'], HOME: root, CODEX_HOME: home };
    spawnSync(codex, ['mcp', 'logout', 'one'], { env, timeout: 20_000 });
    return Promise.resolve(Object.keys(JSON.parse(fs.readFileSync(own, 'utf8')) as object));
  });
}

test.each([
  ['0.142.0', ['two']],
  ['0.160.0', ['one', 'two']],
  ['0.169.0', ['one', 'two']],
])('Codex %s writes a login through a link, or does not', async (version, left) => {
  expect(await afterLogout(version, 'link')).toEqual(left.map(keyOf));
  expect(await afterLogout(version, 'copy')).toEqual([keyOf('two')]);
});
