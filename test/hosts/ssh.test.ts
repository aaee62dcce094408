// The system's own ssh, as we start it: with the person's config, but never with a question.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { findSsh, sshArguments } from '../../src/node/hosts/ssh.ts';
import { createNodeWorld, type NodeWorld } from '../../src/node/world.ts';
import {
  addAlias,
  canHaveHosts,
  NEEDS_HOSTS,
  portOf,
  startLab,
  type Lab,
} from '../support/hosts/lab.ts';

const isPossible = canHaveHosts();
let lab: Lab;
let world: NodeWorld;
/** Made by whoever asks a question in a window. */
let asked: string;

beforeAll(async () => {
  if (!isPossible) return;
  lab = await startLab([{ name: 'host-a' }, { name: 'host-b' }]);
  asked = path.join(lab.folder, 'asked');
  const window = path.join(lab.folder, 'window');
  fs.writeFileSync(window, `#!/bin/sh\necho "$1" >>'${asked}'\necho yes\n`, { mode: 0o755 });
  world = createNodeWorld({
    programs: inject('programs'),
    sshArguments: lab.sshArguments,
    environment: {
      ...process.env,
      DISPLAY: ':9',
      SSH_ASKPASS: window,
      SSH_ASKPASS_REQUIRE: 'force',
    },
  });
});
afterAll(async () => {
  if (!isPossible) return;
  await world.close();
  await lab.close();
});
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

test('settings of ours go before those of the person, where theirs would ask, forward, or stay', () => {
  addAlias(lab, 'chatty', {
    ...{ BatchMode: 'no', ControlMaster: 'auto', ClearAllForwardings: 'no', RequestTTY: 'force' },
    ...{ RemoteCommand: 'date', PermitLocalCommand: 'yes', ForwardAgent: 'yes', LogLevel: 'QUIET' },
    ...{ ServerAliveInterval: '0', ConnectTimeout: '600', ProxyCommand: 'theirs', User: 'ada' },
  });
  const args = sshArguments('chatty', 'true', lab.sshArguments, { connectS: 7 });
  const said = execFileSync(findSsh(process.env) ?? '', ['-G', ...args], { encoding: 'utf8' });
  const settings = new Map(said.split('\n').map(line => [line.split(' ')[0], line.split(' ')[1]]));
  const ours = {
    ...{
      batchmode: 'yes',
      controlmaster: 'false',
      clearallforwardings: 'yes',
      requesttty: 'false',
    },
    ...{ permitlocalcommand: 'no', forwardagent: 'no', loglevel: 'INFO', connecttimeout: '7' },
    ...{ serveraliveinterval: '5', proxycommand: 'theirs', user: 'ada' },
  };
  expect(Object.fromEntries(Object.keys(ours).map(name => [name, settings.get(name)]))).toEqual(
    ours,
  );
  expect(settings.get('remotecommand') ?? 'none').toBe('none');
});

test('nobody is asked about a key that is not known, not even by a jump', async () => {
  const unknown = {
    ...{ HostName: '127.0.0.1', User: 'root', StrictHostKeyChecking: 'ask' },
    ...{ IdentityFile: path.join(lab.folder, 'keys/person'), GlobalKnownHostsFile: '/dev/null' },
    UserKnownHostsFile: '/dev/null',
  };
  addAlias(lab, 'strange', { ...unknown, Port: portOf(lab, 'host-a') });
  addAlias(lab, 'strange-jump', { ...unknown, Port: portOf(lab, 'host-a') });
  addAlias(lab, 'behind', { ...unknown, Port: portOf(lab, 'host-b'), ProxyJump: 'strange-jump' });
  for (const alias of ['strange', 'behind']) {
    const connected = await world.hosts.connect(alias, { homes: [] });
    expect(connected).toMatchObject({ ok: false });
  }
  expect(fs.existsSync(asked)).toBe(false);
});
