// Programs that tests use and npm does not have: fetched from the distribution where that is
// possible, named where it is not. A test whose program is missing fails and says which.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Program, on the path or where it always is → Debian packages. */
const PROGRAMS = {
  chromium: ['chromium', 'fonts-dejavu-core'],
  strace: ['strace'],
  tmux: ['tmux'],
  setfattr: ['attr'],
  'g++': ['g++', 'make', 'python3'],
  ssh: ['openssh-client'],
  '/usr/sbin/sshd': ['openssh-server'],
  sshfs: ['sshfs'],
  zsh: ['zsh'],
  fish: ['fish'],
  tcsh: ['tcsh'],
};

export function prepareMachine() {
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isOnPath(program));
  if (missing.length === 0) return;
  const packages = missing.flatMap(([, names]) => names);
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    console.log(`Some tests need programs that are not here: ${packages.join(', ')}`);
    return;
  }
  console.log(`Installing ${packages.join(', ')} …`);
  run('apt-get', ['update', '-qq']);
  startingNothing(() =>
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]),
  );
}

/** An ssh server that is installed would be started as well, for everybody; this is how Debian is told not to. */
function startingNothing(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !fs.existsSync(policy);
  if (isOurs) fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOurs) fs.rmSync(policy);
  }
}

function run(program, args) {
  spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function isOnPath(program) {
  if (path.isAbsolute(program)) return fs.existsSync(program);
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .some(folder => fs.existsSync(path.join(folder, program)));
}
