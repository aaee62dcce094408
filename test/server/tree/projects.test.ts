// What is one project, what it is called, and which projects are worktrees of others.

import { expect, test } from 'vitest';
import type { Filter, ProjectNode } from '../../../src/protocol/tree.ts';
import { projectNames } from '../../../src/server/tree/projectNames.ts';
import { home, HOME, idOf, type HomeBuilder } from '../../support/home.ts';
import { openEditor, type Editor } from '../editor.ts';

const SHOP = '/home/ada/work/shop';
const SIDE = '/home/ada/work/shop-side';

async function open(builder: HomeBuilder): Promise<Editor> {
  return openEditor(builder.build().world, { settings: { home: HOME } });
}

/** The projects as `name threads (worktree threads)`. */
function say(projects: readonly ProjectNode[]): string {
  return projects
    .map(({ name, counts, worktrees }) => {
      const below = worktrees.length === 0 ? '' : ` (${say(worktrees)})`;
      return `${name} ${String(counts.threads)}${below}`;
    })
    .join(', ');
}

async function projectsOf(editor: Editor, filter: Filter = 'all') {
  const { hosts } = await editor.ask('codexHealth/tree', { filter });
  return hosts[0]?.projects ?? [];
}

/** What the tree shows at first, and when Git's notes have been read. */
async function beforeAndAfter(builder: HomeBuilder): Promise<readonly [string, string]> {
  const editor = await open(builder);
  const changed = editor.nextChange();
  const before = say(await projectsOf(editor));
  await changed;
  return [before, say(await projectsOf(editor))];
}

test('spellings of one directory are one project', async () => {
  const editor = await open(
    home()
      .folder(SHOP)
      .thread('a', { cwd: `${SHOP}/`, age: 10 })
      .thread('b', { cwd: SHOP, age: 20 })
      .thread('c', { cwd: '/home/ada/work//./shop', age: 30 }),
  );
  const projects = await projectsOf(editor);
  expect(projects.map(({ path, counts }) => [path, counts.threads])).toEqual([[SHOP, 3]]);
  expect(await editor.threads(SHOP)).toHaveLength(3);
});

test('drives of Windows do not tell cases apart, also seen from Linux', async () => {
  const editor = await open(
    home().thread('a', { cwd: 'C:\\Work\\Shop' }).thread('b', { cwd: 'c:\\work\\shop\\' }),
  );
  expect(say(await projectsOf(editor))).toMatch(/^shop 2$/i);
});

test('a project says whether its folder is there', async () => {
  const editor = await open(
    home()
      .folder(SHOP)
      .silence('/net/far')
      .thread('a', { cwd: SHOP, age: 1 })
      .thread('b', { cwd: '/home/ada/gone', age: 2 })
      .thread('c', { cwd: '/net/far', age: 3 }),
  );
  const there = (await projectsOf(editor)).map(({ path, isThere }) => [path, isThere]);
  expect(Object.fromEntries(there)).toEqual({
    [SHOP]: true,
    '/home/ada/gone': false,
    '/net/far': null,
  });
});

test('projects of one name are told apart by what is above them', () => {
  const named = (...paths: readonly string[]) => {
    const names = projectNames(paths);
    return paths.map(path => names.get(path));
  };
  expect(named('/a/shop', '/b/thesis')).toEqual(['shop', 'thesis']);
  expect(named('/a/shop', '/b/shop', '/b/x')).toEqual(['a/shop', 'b/shop', 'x']);
  expect(named('/1/a/shop', '/2/a/shop', '/2/b/shop')).toEqual(['1/a/shop', '2/a/shop', 'b/shop']);
  expect(named('/shop', '/x/shop')).toEqual(['/shop', 'x/shop']);
  expect(named('C:\\a\\shop', 'C:\\b\\shop')).toEqual(['a\\shop', 'b\\shop']);
  expect(named('/', '')).toEqual(['/', '']);
});

test('a worktree stands under its project once Git’s notes are read', async () => {
  const builder = home()
    .folder(SHOP)
    .folder(SIDE)
    .repository(SHOP, { worktrees: [SIDE] })
    .repository(SIDE, { main: SHOP, notedAt: SIDE, worktrees: [SIDE] })
    .thread('a', { cwd: SHOP, age: 50 })
    .thread('b', { cwd: SIDE, age: 10, row: false });
  expect(await beforeAndAfter(builder)).toEqual(['shop-side 1, shop 1', 'shop 2 (shop-side 1)']);
});

test('its trouble and its age count at its project', async () => {
  const builder = home()
    .folder(SHOP)
    .folder(SIDE)
    .folder('/home/ada/other')
    .repository(SHOP, { worktrees: [SIDE] })
    .thread('a', { cwd: SHOP, age: 500 })
    .thread('b', { cwd: SIDE, age: 300, row: false })
    .thread('o', { cwd: '/home/ada/other', age: 1 });
  const editor = await open(builder);
  const changed = editor.nextChange();
  await editor.tree();
  await changed;
  const [first] = await projectsOf(editor);
  expect(first).toMatchObject({ path: SHOP, severity: 'warning', counts: { inTrouble: 1 } });
  expect(first?.updatedAtMs).toBe(first?.worktrees[0]?.updatedAtMs);
  expect((await editor.threads(SHOP)).map(({ id }) => id)).toEqual([idOf('a')]);
  expect((await editor.threads(SIDE)).map(({ id }) => id)).toEqual([idOf('b')]);
});

test('a worktree that is gone, and one of a project without threads, stand where Git has noted them', async () => {
  const gone = home()
    .folder(SHOP)
    .repository(SHOP, { worktrees: ['/tmp/gone'] })
    .thread('a', { cwd: SHOP })
    .thread('b', { cwd: '/tmp/gone' });
  expect((await beforeAndAfter(gone))[1]).toBe('shop 2 (gone 1)');
  const alone = home()
    .folder(SIDE)
    .repository(SIDE, { main: SHOP, notedAt: SIDE, worktrees: [SIDE] })
    .thread('b', { cwd: SIDE });
  expect((await beforeAndAfter(alone))[1]).toBe('shop 1 (shop-side 1)');
});

test('a directory in a worktree stands under its counterpart', async () => {
  const builder = home()
    .folder(SHOP)
    .folder(`${SHOP}/api`)
    .repository(SHOP, { worktrees: [SIDE] })
    .thread('a', { cwd: SHOP, age: 1 })
    .thread('b', { cwd: `${SHOP}/api`, age: 2 })
    .thread('c', { cwd: `${SIDE}/api`, age: 3 })
    .thread('d', { cwd: `${SIDE}/web`, age: 4 });
  expect((await beforeAndAfter(builder))[1]).toBe('shop 2 (web 1), api 2 (shop-side/api 1)');
});

test('a repository without a working directory, stands by itself, and notes in a circle lose nobody', async () => {
  const builder = home()
    .folder(SHOP)
    .folder(SIDE)
    .repository(SHOP, { worktrees: [SIDE] })
    .repository(SIDE, { worktrees: [SHOP] })
    .folder('/bare/two')
    .repository('/bare/tree', { notedAt: '/bare/tree', worktrees: ['/bare/tree', '/bare/two'] })
    .thread('a', { cwd: SHOP, age: 1 })
    .thread('b', { cwd: SIDE, age: 2 })
    .thread('c', { cwd: '/bare/tree', age: 3 })
    .thread('d', { cwd: '/bare/two', age: 4 });
  expect((await beforeAndAfter(builder))[1]).toBe('shop 1, shop-side 1, tree 1, two 1');
});

test('a worktree that Codex has made stands under the one project that it can be of', async () => {
  const ofCodex = `${HOME}/worktrees/1a2b/shop`;
  const tree = async (builder: HomeBuilder) => say(await projectsOf(await open(builder)));
  const one = home().thread('w', { cwd: ofCodex, age: 9 }).thread('a', { cwd: SHOP, age: 10 });
  expect(await tree(one)).toBe('shop 2 (1a2b/shop 1)');
  const two = one.thread('x', { cwd: '/old/shop', age: 11 });
  expect(await tree(two)).toBe('1a2b/shop 1, work/shop 1, old/shop 1');
  const git = (origin: string) => ({ row: { git_origin_url: origin } });
  const told = home()
    .thread('w', { cwd: ofCodex, age: 9, ...git('me:shop') })
    .thread('a', { cwd: SHOP, age: 10, ...git('me:shop') })
    .thread('x', { cwd: '/old/shop', age: 11, ...git('you:shop') });
  expect(await tree(told)).toBe('work/shop 2 (1a2b/shop 1), old/shop 1');
});

test('a refresh asks Git’s notes again', async () => {
  const builder = home()
    .folder(SHOP)
    .folder(SIDE)
    .thread('a', { cwd: SHOP, age: 1 })
    .thread('b', { cwd: SIDE, age: 2 });
  const { world } = builder.build();
  let answers = 0;
  const side = { remotes: [], commits: [], notedAt: SIDE, main: SHOP, worktrees: [] };
  const projects = {
    ...world.projects,
    repositories: () => {
      answers += 1;
      return Promise.resolve(new Map(answers === 1 ? [] : [[SIDE, side]]));
    },
  };
  const editor = await openEditor({ ...world, projects }, { settings: { home: HOME } });
  for (let times = 0; times < 5; times += 1) await editor.tree();
  expect(answers).toBe(1);
  expect(say(await projectsOf(editor))).toBe('shop 1, shop-side 1');
  await editor.ask('codexHealth/refresh');
  const changed = editor.nextChange();
  await editor.tree();
  await changed;
  expect(say(await projectsOf(editor))).toBe('shop 2 (shop-side 1)');
  expect(answers).toBe(2);
});

test('nobody waits for Git’s notes', async () => {
  const { world } = home().folder(SHOP).thread('a', { cwd: SHOP }).build();
  const projects = { ...world.projects, repositories: () => new Promise<never>(() => undefined) };
  const editor = await openEditor({ ...world, projects }, { settings: { home: HOME } });
  expect(say(await projectsOf(editor))).toBe('shop 1');
});
