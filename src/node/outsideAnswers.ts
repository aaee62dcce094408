// What a path is, found out so that a hung mount holds up nobody but itself. A path is walked part
// by part: only so it is known, before a part is touched, on which mount that part lies.

import type { Filesystem } from '../engine/model/database.ts';
import type { PathState } from '../engine/model/snapshot.ts';
import { mayHang } from './filesystems.ts';

/** What one part of a path is; a link is not followed. */
export type Sight = PathState | { readonly linkTo: string };

export interface Eyes {
  /** May never call back: that is a hung mount. */
  look(path: string, seen: (sight: Sight) => void, mount: Filesystem): void;
  mounts(): readonly Filesystem[];
}

export interface Answers {
  /** Each is answered as soon as it is known, with its place among them. */
  ask(paths: readonly string[], answer: (state: PathState, at: number) => void): void;
}

/**
 * Looks that may be under way on one mount. Each of them keeps a thread of the pool while it hangs,
 * and the pool has 64; the first look at a mount, at its root, is always alone.
 */
const LOOKS = { atDoubtful: 8, atLocal: 32 } as const;
const MAX_LINKS = 40;

export function createAnswers(eyes: Eyes): Answers {
  let open = 0;
  let looks = createLooks(eyes);
  return {
    ask: (paths, answer) => {
      // What was seen is trusted for one batch of questions; after it, the world may have changed.
      if (open === 0) looks = createLooks(eyes);
      open += paths.length;
      for (const [at, path] of paths.entries())
        walk(looks, path, state => {
          open -= 1;
          answer(state, at);
        });
    },
  };
}

interface Looks {
  readonly root: Filesystem;
  /** The mount of a part whose folder lies on `above`. */
  mountOf(path: string, above: Filesystem): Filesystem;
  see(path: string, mount: Filesystem, seen: (sight: Sight) => void): void;
}

interface Place {
  /** Free of links, without the slash at its end: the root is empty. */
  readonly path: string;
  readonly mount: Filesystem;
  readonly above: Place | null;
}

function walk(looks: Looks, path: string, answer: (state: PathState) => void): void {
  const root: Place = { path: '', mount: looks.root, above: null };
  if (!path.startsWith('/') || path.includes('\0')) answer('unknown');
  else step(looks, root, partsOf(path), MAX_LINKS, answer);
}

function step(
  looks: Looks,
  from: Place,
  parts: readonly string[],
  links: number,
  answer: (state: PathState) => void,
): void {
  const [part, ...rest] = parts;
  if (part === undefined) return answer('folder');
  if (part === '..') return step(looks, from.above ?? from, rest, links, answer);
  const path = `${from.path}/${part}`;
  const mount = looks.mountOf(path, from.mount);
  looks.see(path, mount, sight => {
    if (typeof sight === 'object') {
      if (links === 0) return answer('unknown');
      const start = sight.linkTo.startsWith('/') ? rootOf(from) : from;
      return step(looks, start, [...partsOf(sight.linkTo), ...rest], links - 1, answer);
    }
    if (sight === 'folder') return step(looks, { path, mount, above: from }, rest, links, answer);
    // Below a file there is nothing.
    answer(sight === 'file' && rest.length > 0 ? 'missing' : sight);
  });
}

function rootOf(place: Place): Place {
  return place.above === null ? place : rootOf(place.above);
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter(part => part !== '' && part !== '.');
}

/** Every part is looked at once, however many paths lead through it, and each mount has a queue. */
function createLooks(eyes: Eyes): Looks {
  const mounts = new Map(eyes.mounts().map(mount => [mount.mountPoint, mount]));
  const known = new Map<string, Sight | ((sight: Sight) => void)[]>();
  const queues = new Map<Filesystem, Queue>();
  return {
    root: mounts.get('/') ?? NOWHERE,
    mountOf: (path, above) => mounts.get(path) ?? above,
    see: (path, mount, seen) => {
      const sight = known.get(path);
      if (Array.isArray(sight)) sight.push(seen);
      else if (sight !== undefined) seen(sight);
      else {
        known.set(path, [seen]);
        let queue = queues.get(mount);
        if (queue === undefined) queues.set(mount, (queue = createQueue(eyes, mount)));
        queue.add(path, result => {
          const waiting = known.get(path);
          known.set(path, result);
          if (Array.isArray(waiting)) for (const resume of waiting) resume(result);
        });
      }
    },
  };
}

interface Queue {
  add(path: string, seen: (sight: Sight) => void): void;
}

function createQueue(eyes: Eyes, mount: Filesystem): Queue {
  const waiting: (() => void)[] = [];
  let next = 0;
  let running = 0;
  const most = mayHang(mount) ? LOOKS.atDoubtful : LOOKS.atLocal;
  const run = () => {
    while (running < most && next < waiting.length) {
      const look = waiting[next];
      running += 1;
      next += 1;
      // It may be answered at once, and lead here again.
      look?.();
    }
  };
  return {
    add: (path, seen) => {
      waiting.push(() => {
        const seeIt = (sight: Sight) => {
          running -= 1;
          // An automounter whose server does not answer says that there is nothing.
          seen(sight === 'missing' && mount.type === 'autofs' ? 'unknown' : sight);
          run();
        };
        eyes.look(path, seeIt, mount);
      });
      run();
    },
  };
}

/** Stands for the whole system where there is no table of mounts. */
const NOWHERE: Filesystem = { type: 'unknown', isNetwork: false, mountPoint: '/', options: '' };
