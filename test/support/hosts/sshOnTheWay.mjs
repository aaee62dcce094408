// A program, not a test: stands where sshfs starts ssh, and passes on what both say to each other, until a file
// is opened or read. From then on nobody hears of the other any more, and no connection is closed. Or it takes its
// time with every answer.

import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const [wish = '{}', ...args] = process.argv.slice(2);
/** `on` is what is asked of the file whose path ends with `file`. */
const { silentAt = null, delayMs = 0 } = JSON.parse(wish);

/** Numbers of requests, as the protocol of file transfer (version 3) has them. */
const ASKED = { open: 3, read: 5, look: 7, list: 11 };

const ssh = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'inherit'] });
let isSilent = false;
/** What is open, or will be when the server has answered. */
let isOpened = false;
let unread = Buffer.alloc(0);

process.stdin.on('data', piece => {
  unread = Buffer.concat([unread, piece]);
  while (unread.length >= 4 && unread.length >= 4 + unread.readUInt32BE(0)) {
    const end = 4 + unread.readUInt32BE(0);
    const request = unread.subarray(0, end);
    unread = unread.subarray(end);
    isSilent ||= silentAt !== null && endsIt(request);
    if (!isSilent) ssh.stdin.write(request);
  }
});
process.stdin.on('end', () => ssh.kill());
ssh.stdout.on('data', async piece => {
  if (delayMs > 0) {
    ssh.stdout.pause();
    await delay(delayMs);
    ssh.stdout.resume();
  }
  if (!isSilent) process.stdout.write(piece);
});
ssh.on('exit', () => process.exit());

function endsIt(request) {
  const kind = request[4];
  if (silentAt.on === 'read') {
    // Reads follow the opening of the file: nothing else is read before it is closed.
    if (kind === ASKED.open) isOpened = pathIn(request).endsWith(silentAt.file);
    return kind === ASKED.read && isOpened;
  }
  return kind === ASKED[silentAt.on] && pathIn(request).endsWith(silentAt.file);
}

function pathIn(request) {
  const length = request.readUInt32BE(9);
  return request.toString('utf8', 13, 13 + length);
}
