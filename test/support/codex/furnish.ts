// Gives a home what people give to theirs, through Codex's own methods: names, pins, sections, projects,
// Git notes. Only the state database knows most of it.

import { writeThread } from './bareThreads.ts';
import { startAppServer } from './appServer.ts';
import { columnsOf, findStateDatabase, withDatabase } from './databases.ts';
import type { CodexHome } from './makeHome.ts';

/** The section that every home has, and that the desktop app shows as its pins. */
const PINNED = '01984de2-8f74-7c91-a3b2-5c5e937cf318';

export async function furnish(codex: string, { folder, ids }: CodexHome): Promise<void> {
  const server = await startAppServer(codex, folder);
  try {
    const has = !(await isUnknown(server, 'project/list'));
    await server.call('thread/name/set', { threadId: ids.A, name: 'An “alpha” name' });
    await server.call('thread/metadata/update', {
      threadId: ids.C,
      gitInfo: { branch: 'by-hand', sha: 'a'.repeat(40), originUrl: 'https://example.org/x.git' },
    });
    await server.call('thread/memoryMode/set', { threadId: ids.B, mode: 'disabled' });
    if (!has) return;
    const { project } = (await server.call('project/create', {
      name: 'A project',
      roots: [{ path: folder }],
      metadata: { colour: 'blue' },
      idempotencyKey: 'once',
    })) as { project: { id: string } };
    for (const id of [ids.A, ids.C])
      await server.call('thread/metadata/update', { threadId: id, projectId: project.id });
    const { section } = (await server.call('threadSection/create', {
      name: 'A section',
      appearance: { icon: 'star', color: null },
    })) as { section: { id: string } };
    for (const [id, sectionId] of [
      [ids.B, section.id],
      [ids.N, section.id],
      [ids.C, PINNED],
    ] as const)
      await server.call('thread/section/move', { threadId: id, sectionId });
  } finally {
    await server.stop();
  }
  // No method of any release sets or makes these.
  withDatabase(findStateDatabase(folder) ?? '', database => {
    if (columnsOf(database, 'threads').includes('is_pinned'))
      database.prepare('UPDATE threads SET is_pinned = 1 WHERE id = ?').run(ids.A);
    database.prepare("INSERT INTO thread_spawn_edges VALUES (?, ?, 'completed')").run(ids.A, ids.E);
  });
}

/** More threads, so that their rows fill several pages; every third has a name. */
export async function crowd(codex: string, { folder }: CodexHome): Promise<void> {
  const ids = Array.from({ length: 30 }, (_, at) => `01900000-0000-7000-8000-0000000001${10 + at}`);
  for (const [at, id] of ids.entries())
    writeThread(folder, { id, timestamp: `2026-06-01T10:00:${10 + at}.000Z` });
  const server = await startAppServer(codex, folder);
  try {
    await server.call('thread/list', { limit: 100 });
    for (const [at, threadId] of ids.entries())
      if (at % 3 === 0) await server.call('thread/name/set', { threadId, name: `Name ${at}` });
  } finally {
    await server.stop();
  }
}

/** What Codex itself says of it, by the id of each thread, project and section. */
export async function askFurniture(
  codex: string,
  { folder }: CodexHome,
): Promise<Readonly<Record<string, string>>> {
  const server = await startAppServer(codex, folder);
  try {
    const answers: Record<string, string> = {};
    const note = (answer: unknown) => {
      // That of a project is the newest of its threads, which say it themselves.
      for (const entry of (answer as { data: readonly { id: string }[] }).data)
        answers[entry.id] = JSON.stringify(entry).replace(/"recencyAt":[^,}]*\}$/, '');
    };
    const threads = { limit: 100, useStateDbOnly: true, modelProviders: [] };
    for (const archived of [false, true])
      note(await server.call('thread/list', { ...threads, archived }));
    for (const method of ['project/list', 'threadSection/list'])
      if (!(await isUnknown(server, method))) note(await server.call(method, {}));
    return answers;
  } finally {
    await server.stop();
  }
}

async function isUnknown(
  server: Awaited<ReturnType<typeof startAppServer>>,
  method: string,
): Promise<boolean> {
  const answer = await server.ask(method, {});
  return 'error' in answer && answer.error.message.includes('unknown variant');
}
