// A machine in memory: what the engine sees in tests of scan and checks. Files are bytes in a map,
// databases are real SQLite images, and troubles are put where a test wants them.

import { createHash } from 'node:crypto';
import path from 'node:path';
import zlib from 'node:zlib';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import type { Repository } from '../../src/engine/model/closerLook.ts';
import type { Filesystem } from '../../src/engine/model/database.ts';
import type { Codex, Holder, PathState } from '../../src/engine/model/snapshot.ts';
import { factsOf, readDatabaseImage } from '../../src/engine/scan/databases/databaseImage.ts';
import { pageUses } from '../../src/engine/scan/databases/pageUses.ts';
import { packThreads, type Ask } from '../../src/engine/scan/databases/stateDatabase.ts';
import type {
  Cell,
  Files,
  FileLock,
  FileState,
  Measured,
  OpenDatabase,
  Projects,
  Read,
  Table,
  Trouble,
  World,
  Hosts,
} from '../../src/engine/world.ts';

export interface MemoryFile {
  readonly bytes: Uint8Array;
  readonly modifiedMs: number;
  /** When anything about it was last changed, where that is another time. */
  readonly changedMs?: number;
  /** Where it leads, when it is a link; it is not followed but by `realPath`. */
  readonly link?: string;
  /** The path that it has besides, where it is a second name of that file. */
  readonly alsoAt?: string;
}

export interface MemoryMachine {
  readonly files: ReadonlyMap<string, MemoryFile>;
  readonly folders: ReadonlySet<string>;
  readonly troubles: ReadonlyMap<string, Trouble>;
  readonly codexes: readonly Codex[];
  readonly holders: readonly Holder[];
  /** Each is held throughout. Null: this system does not tell of any. */
  readonly locks?: readonly FileLock[] | null;
  readonly filesystem: Filesystem | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /** Paths about which nobody answers in time. */
  readonly silent: ReadonlySet<string>;
  /** What Git says of folders, with every commit that they have. */
  readonly repositories?: ReadonlyMap<string, Repository>;
  /** What the person decided earlier, by name. */
  readonly kept?: ReadonlyMap<string, string>;
  /** Other machines; none answers when absent. */
  readonly hosts?: Hosts;
}

const UNREACHED = { code: 'timeout', why: 'it did not answer' } as const;
const NO_HOSTS: Hosts = {
  offered: () => Promise.resolve({ ok: true, value: [] }),
  here: () => Promise.resolve({ ok: false, trouble: UNREACHED }),
  connect: () => Promise.resolve({ ok: false, trouble: UNREACHED }),
  startFresh: () => Promise.resolve([]),
};

export const sql: SqlJsStatic = await initSqlJs();

export function createMemoryWorld(machine: MemoryMachine): World {
  const remembered = new Map<string, string>();
  const kept = new Map<string, string>(machine.kept);
  const files = createMemoryFiles(machine);
  return {
    machine: {
      hostname: 'workbench',
      id: '0123456789abcdef',
      user: 'ada',
      system: 'linux',
      userHome: '/home/ada',
      environment: machine.environment,
      join: path.posix.join,
      isAbsolute: path.posix.isAbsolute,
      absolute: file => path.posix.resolve('/home/ada', file),
    },
    files,
    databases: { open: (file, maxBytes) => openImage(files, () => machine.nowMs, file, maxBytes) },
    outside: {
      look: paths =>
        Promise.resolve(new Map(paths.map(file => [file, pathState(machine, file)] as const))),
    },
    projects: createMemoryProjects(machine),
    codexes: { find: () => Promise.resolve({ ok: true, value: machine.codexes }) },
    processes: {
      holders: () =>
        answer({
          holders: machine.holders,
          unreadable: [],
          ...(machine.locks === null ? {} : { locks: machine.locks ?? [] }),
        }),
      ancestors: () => Promise.resolve([]),
    },
    watching: { watch: () => ({ ready: Promise.resolve(), close: () => undefined }) },
    hosts: machine.hosts ?? NO_HOSTS,
    memory: {
      recall: key => Promise.resolve(remembered.get(key) ?? null),
      remember: (key, text) => Promise.resolve(void remembered.set(key, text)),
    },
    keep: {
      read: name => answer(kept.get(name) ?? null),
      list: folder =>
        answer(
          [...kept.keys()]
            .filter(name => name.startsWith(`${folder}/`))
            .map(name => name.slice(folder.length + 1))
            .sort(),
        ),
      write: (name, text) => answer(void kept.set(name, text)),
    },
    protect: () => undefined,
    now: () => machine.nowMs,
    hash: text => createHash('sha256').update(text).digest('hex'),
    log: () => undefined,
  };
}

function createMemoryFiles(machine: MemoryMachine): Files {
  const read = (file: string): Read<MemoryFile> => {
    const trouble = machine.troubles.get(file);
    if (trouble !== undefined) return { ok: false, trouble };
    const found = machine.files.get(file);
    return found === undefined ? missing() : { ok: true, value: found };
  };
  return {
    stat: file => {
      if (isFolder(machine, file)) return answer({ ...NO_STATE, kind: 'folder' });
      const found = read(file);
      return Promise.resolve(found.ok ? { ok: true, value: stateOf(file, found.value) } : found);
    },
    list: folder => {
      const tree = treeOf(machine, folder);
      if (!tree.ok) return Promise.resolve(tree);
      const names = new Map(
        tree.value.entries.map(({ path: at }) => {
          const [name = '', ...below] = at.split('/');
          const kind = below.length > 0 ? ('folder' as const) : ('file' as const);
          return [name, { path: name, file: path.posix.join(folder, name), kind }];
        }),
      );
      return answer([...names.values()]);
    },
    tree: root => Promise.resolve(treeOf(machine, root)),
    ends: (file, headBytes, tailBytes) => {
      const found = read(file);
      if (!found.ok) return Promise.resolve(found);
      const { bytes } = found.value;
      const state = stateOf(file, found.value);
      if (bytes.length <= headBytes)
        return answer({ state, head: bytes, tail: bytes, tailOffset: 0 });
      const tailOffset = Math.max(0, bytes.length - tailBytes);
      return answer({
        state,
        head: bytes.subarray(0, headBytes),
        tail: bytes.subarray(tailOffset),
        tailOffset,
      });
    },
    range: (file, offset, length) => {
      const found = read(file);
      return found.ok
        ? answer(found.value.bytes.slice(offset, offset + length))
        : Promise.resolve(found);
    },
    whole: file => {
      const found = read(file);
      return found.ok ? answer(found.value.bytes.slice()) : Promise.resolve(found);
    },
    stream: (file, visit) => {
      const found = read(file);
      if (!found.ok) return Promise.resolve(found);
      const packed = found.value.bytes;
      try {
        visit(file.endsWith('.zst') ? zlib.zstdDecompressSync(packed) : packed);
        return answer(undefined);
      } catch (error) {
        return Promise.resolve(broken(error));
      }
    },
    digest: file => {
      const found = read(file);
      if (!found.ok) return Promise.resolve(found);
      const { bytes } = found.value;
      try {
        const content = file.endsWith('.zst') ? zlib.zstdDecompressSync(bytes) : bytes;
        const sha256 = createHash('sha256').update(content).digest('hex');
        return answer({ bytes: content.length, sha256 });
      } catch (error) {
        return Promise.resolve(broken(error));
      }
    },
    measure: root => Promise.resolve(measure(machine, root)),
    packedSize: (file, atMost) => {
      const found = read(file);
      if (!found.ok) return Promise.resolve(found);
      const bytes = found.value.bytes.slice(0, atMost);
      return answer({ bytes: bytes.length, packedBytes: zlib.zstdCompressSync(bytes).length });
    },
    realPath: file => Promise.resolve(machine.files.get(file)?.link ?? file),
    readLink: file => {
      const link = machine.files.get(file)?.link;
      const trouble = { code: 'not-a-file', why: 'it is no link' } as const;
      if (link !== undefined) return answer(link);
      return Promise.resolve(machine.files.has(file) ? { ok: false, trouble } : missing());
    },
    mayHang: file => Promise.resolve(machine.silent.has(file)),
    filesystem: () => Promise.resolve(machine.filesystem),
    pause: () => Promise.resolve(),
  };
}

/** In blocks of four KiB, as most disks do it. */
function measure(machine: MemoryMachine, root: string): Read<Measured> {
  const tree = treeOf(machine, root);
  const own = machine.files.get(root);
  const listed = tree.ok ? tree.value.entries : [{ path: '', file: root, kind: 'file' as const }];
  if (!tree.ok && own === undefined) return tree;
  return {
    ok: true,
    value: {
      entries: listed.map(entry => {
        const { bytes = new Uint8Array(), modifiedMs = 0 } = machine.files.get(entry.file) ?? {};
        const allocated = Math.ceil(bytes.length / 4096) * 4096;
        return { ...entry, bytes: bytes.length, allocated, modifiedMs, identity: entry.file };
      }),
      troubles: tree.ok ? tree.value.troubles : [],
    },
  };
}

function treeOf(machine: MemoryMachine, root: string) {
  const trouble = machine.troubles.get(root);
  if (trouble !== undefined) return { ok: false as const, trouble };
  if (!isFolder(machine, root)) return missing();
  const below = (file: string) => file.startsWith(`${root}/`);
  const hidden = [...machine.troubles.keys()].filter(below);
  const isHidden = (file: string) => hidden.some(folder => file.startsWith(`${folder}/`));
  return {
    ok: true as const,
    value: {
      entries: [...machine.files.keys()]
        .filter(file => below(file) && !isHidden(file))
        .map(file => ({
          path: file.slice(root.length + 1),
          file,
          kind: machine.files.get(file)?.link === undefined ? ('file' as const) : ('link' as const),
        })),
      troubles: hidden
        .filter(folder => !machine.files.has(folder))
        .map(folder => ({
          path: folder,
          trouble: machine.troubles.get(folder) ?? missing().trouble,
        })),
    },
  };
}

/** As the product does it, but in this thread. */
export async function openImage(
  files: Files,
  now: () => number,
  file: string,
  maxBytes: number,
): Promise<Read<OpenDatabase>> {
  const image = await readDatabaseImage(files, now, file, maxBytes);
  if (!image.ok) return image;
  const facts = factsOf(image.value);
  const { bytes } = image.value;
  const database = new sql.Database(bytes);
  return {
    ok: true,
    value: {
      image: facts,
      ask: questions => Promise.resolve(questions.map(question => askOne(database, question))),
      threads: () => Promise.resolve(packThreads((...asked) => askOne(database, ...asked))),
      pageUses: () => pageUses(bytes),
      close: () => database.close(),
    },
  };
}

function askOne(database: initSqlJs.Database, ...[question, take]: Parameters<Ask>): Table {
  try {
    const statement = database.prepare(question);
    const rows: (readonly Cell[])[] = [];
    const add = take ?? ((cells: readonly Cell[]) => rows.push(cells));
    while (statement.step()) add(statement.get());
    const columns = statement.getColumnNames();
    statement.free();
    return { ok: true, columns, rows };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

function createMemoryProjects(machine: MemoryMachine): Projects {
  const namesIn = (folder: string) => {
    const below = [...machine.files.keys(), ...machine.folders]
      .filter(file => file.startsWith(`${folder}/`))
      .map(file => path.posix.join(folder, file.slice(folder.length + 1).split('/')[0] ?? ''));
    const names = [...new Set(below)].filter(file => isFolder(machine, file));
    return names.map(file => path.posix.basename(file)).sort();
  };
  const answering = (folders: readonly string[]) =>
    folders.filter(folder => !machine.silent.has(folder));
  return {
    inside: folders =>
      Promise.resolve(new Map(answering(folders).map(folder => [folder, namesIn(folder)]))),
    repositories: (folders, commits) =>
      Promise.resolve(
        new Map(
          answering(folders).flatMap(folder => {
            const repository = machine.repositories?.get(folder);
            return repository === undefined
              ? []
              : [
                  [
                    folder,
                    {
                      ...repository,
                      commits: repository.commits.filter(one => commits.includes(one)),
                    },
                  ],
                ];
          }),
        ),
      ),
  };
}

function pathState(machine: MemoryMachine, file: string): PathState {
  if (machine.silent.has(file)) return 'unknown';
  if (isFolder(machine, file)) return 'folder';
  return machine.files.has(file) ? 'file' : 'missing';
}

function isFolder(machine: MemoryMachine, folder: string): boolean {
  if (folder === '/' || machine.folders.has(folder)) return true;
  return (
    [...machine.folders].some(one => one.startsWith(`${folder}/`)) ||
    [...machine.files.keys()].some(file => file.startsWith(`${folder}/`))
  );
}

const NO_STATE: FileState = {
  kind: 'file',
  bytes: 0,
  modifiedMs: 0,
  changedMs: 0,
  identity: 'none',
};

function stateOf(file: string, memoryFile: MemoryFile): FileState {
  const { bytes, modifiedMs, changedMs = modifiedMs, alsoAt: identity = file } = memoryFile;
  return { kind: 'file', bytes: bytes.length, modifiedMs, changedMs, identity };
}

function answer<T>(value: T): Promise<Read<T>> {
  return Promise.resolve({ ok: true, value });
}

function broken(error: unknown) {
  const why = error instanceof Error ? error.message : '';
  return { ok: false as const, trouble: { code: 'broken' as const, why } };
}

function missing() {
  return {
    ok: false as const,
    trouble: { code: 'missing' as const, why: 'there is nothing at this path' },
  };
}
