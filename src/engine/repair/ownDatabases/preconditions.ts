// When a host must not get its databases in a folder of its own: where they would lie no better than before, where
// something else decides where they are, or where it is not known what is in them.

import { areAllFilesSeen } from '../../checks/judging/allFilesSeen.ts';
import { databasesTogether } from '../../checks/judging/databasesInUse.ts';
import { join } from '../../checks/words.ts';
import type { HostName, SeenStart } from '../../model/host.ts';
import { restBelow, withAllAbove } from '../../model/paths.ts';
import type { Plan } from '../../model/plan.ts';
import type { Report } from '../../model/report.ts';
import type { FilePath } from '../../model/words.ts';
import { Refusal } from '../../refusal.ts';
import type { Read, World } from '../../world.ts';
import { refuseTaken } from '../guard.ts';
import { isPlain } from '../startUp/shells.ts';
import { IMAGE_BYTES } from '../steps/imaged.ts';
import { isOfLogs } from '../steps/madeDatabases.ts';
import type { DatabasesWish } from './wish.ts';

const NOTHING = 'Nothing was changed.';

export async function refuseUnlessMovable(
  world: World,
  report: Report,
  wish: DatabasesWish,
): Promise<void> {
  refuseUnlessInHome(report);
  refuseUnlessReadable(report);
  const { home, hosts } = report.snapshot;
  const bad = [home.path, wish.folder, hosts.here.hostname].find(text => !isPlain(text));
  if (bad !== undefined || !world.machine.isAbsolute(wish.folder))
    throw new Refusal(
      'unsafe-name',
      `"${bad ?? wish.folder}" has a character that not every shell reads alike, or is no whole path.`,
      `${NOTHING} Choose a folder of letters, digits and - _ . /`,
    );
  if (wish.startUp.length === 0)
    throw new Refusal(
      'no-start-up-file',
      'No start-up file is known of the shell here, so that no Codex would be told.',
      `${NOTHING} Name the shells that are used there.`,
    );
  await refuseTarget(world, report, wish.folder);
}

function refuseUnlessInHome({ snapshot: { home, config, otherStates } }: Report): void {
  if (config.sqliteHome !== null)
    throw new Refusal(
      'sqlite-home-in-config',
      `config.toml says sqlite_home = ${config.sqliteHome}, which goes before all that a host could be told.`,
      `${NOTHING} Close Codex, take that line out, bring the databases back into ${home.path}, and look again; or leave it, if that folder is on a local disk of each host.`,
    );
  if (home.sqliteHome !== home.path || otherStates.length > 0)
    throw new Refusal(
      'two-databases',
      `The databases of this home lie apart from it already, in ${home.sqliteHome}, or are there twice.`,
      `${NOTHING} Take CODEX_SQLITE_HOME out of the environment first, or undo what has put them there: codex-health history names it.`,
    );
}

function refuseUnlessReadable({ snapshot }: Report): void {
  const databases = databasesTogether(snapshot);
  const torn = databases.find(({ trouble }) => trouble !== null);
  const isSeen = snapshot.state !== null && areAllFilesSeen(snapshot);
  if (torn !== undefined || !isSeen)
    throw new Refusal(
      'database-unreadable',
      torn === undefined
        ? 'The databases of this home, or all of its conversations, could not be looked at.'
        : `${torn.file} cannot be read: ${torn.trouble?.why ?? ''}.`,
      `${NOTHING} codex-health scan says what is wrong; repair that first.`,
    );
  const big = databases.find(
    ({ file, bytes, walBytes }) => !isOfLogs(file) && bytes + walBytes > IMAGE_BYTES,
  );
  if (big !== undefined)
    throw new Refusal('database-too-big', `${big.file} is too big to be copied as one.`, NOTHING);
}

async function refuseTarget(
  world: World,
  { snapshot: { home } }: Report,
  folder: FilePath,
): Promise<void> {
  const real = await realPlace(world, folder);
  const filesystem = await world.files.filesystem(real);
  if (filesystem === null || filesystem.isNetwork || (await world.files.mayHang(real)))
    throw new Refusal(
      'not-a-local-disk',
      filesystem === null
        ? `What ${folder} is on could not be told.`
        : `${folder} is on ${filesystem.type}, which is no disk of this machine alone.`,
      `${NOTHING} Choose a folder on a local disk that is not emptied when the machine is started.`,
    );
  // What is there only as long as the machine runs would be an empty list the next morning.
  if (/^(?:tmpfs|ramfs)$/.test(filesystem.type))
    throw new Refusal(
      'not-a-lasting-disk',
      `${folder} is in memory (${filesystem.type}) and is empty after the next start of the machine.`,
      `${NOTHING} Choose a folder on a local disk.`,
    );
  const inside = [folder, real].some(
    one =>
      restBelow(one, home.path, home.system) !== null ||
      restBelow(home.path, one, home.system) !== null,
  );
  if (inside)
    throw new Refusal(
      'target-in-home',
      `${folder} lies in the Codex home, or around it.`,
      `${NOTHING} Choose a folder on a local disk.`,
    );
  refuseTaken(folder, await somethingIn(world, folder));
}

/** The first thing in a folder that is not ours; null where there is none. */
async function somethingIn({ files }: World, folder: FilePath): Promise<Read<string | null>> {
  const listed = await files.list(folder);
  if (!listed.ok) return listed.trouble.code === 'missing' ? { ok: true, value: null } : listed;
  return { ok: true, value: listed.value.find(({ path }) => path !== OURS)?.path ?? null };
}

/** It holds a lock, beside databases that lie elsewhere. */
const OURS = 'session-health';

/** Where it is without links, also where its last parts are not there yet. */
async function realPlace({ files, machine }: World, folder: FilePath): Promise<FilePath> {
  for (const above of withAllAbove(folder))
    if ((await files.stat(above)).ok)
      return machine.join(await files.realPath(above), folder.slice(above.length));
  return folder;
}

/** Refuses unless all that is started here would use this home, with the databases in it. */
export async function refuseOtherStarts(
  world: World,
  { snapshot: { home } }: Report,
  starts: readonly SeenStart[],
): Promise<void> {
  if (starts.length === 0)
    throw new Refusal(
      'starts-unknown',
      'It could not be told with which home a Codex is started here.',
      `${NOTHING} See whether the shell here starts as it should, and try again.`,
    );
  for (const { codexHome, home: userHome, sqliteHome, shell } of starts) {
    const used = codexHome ?? world.machine.join(userHome, '.codex');
    if ((await world.files.realPath(used)) !== home.path)
      throw new Refusal(
        'another-home',
        `A Codex that is started here (${shell}) uses the home ${used}, and would use these databases for that.`,
        `${NOTHING} Choose that home instead, or see to it that Codex is started with this one.`,
      );
    if (sqliteHome !== null)
      throw new Refusal(
        'told-already',
        `A Codex that is started here (${shell}) is told already that its databases are in ${sqliteHome}.`,
        `${NOTHING} Take CODEX_SQLITE_HOME out of the start-up file that sets it.`,
      );
  }
}

/** Refuses to have the old databases go while anything says that another host has this home. */
export function refuseWhileOthersUse(others: readonly string[], old: DatabasesWish['old']): void {
  if (old === 'stay' || others.length === 0) return;
  throw new Refusal(
    'other-hosts',
    `This home is used by other hosts too (${join(others)}), which would be without databases.`,
    `${NOTHING} Leave those in the home where they are: then they are copied.`,
  );
}

/** The folders in which a plan has made databases, by their hosts; none where it is another plan. */
export function foldersGivenBy({ units }: Plan): readonly GivenFolder[] {
  const given = new Map<string, GivenFolder>();
  for (const step of units.flatMap(({ steps }) => steps)) {
    if (step.kind !== 'create' || typeof step.content === 'string') continue;
    if (!('imaged' in step.content)) continue;
    const folder = step.file.slice(0, step.file.lastIndexOf('/'));
    given.set(folder, { host: step.content.on, folder });
  }
  return [...given.values()];
}

export interface GivenFolder {
  readonly host: HostName;
  readonly folder: FilePath;
}

/** What lies at that path on another host is something else, and what lies on that host would stay. */
export function refuseOnAnotherHost(plan: Plan, here: HostName): void {
  const other = foldersGivenBy(plan).find(({ host }) => host !== here);
  if (other === undefined) return;
  throw new Refusal(
    'another-host',
    `${other.host} was given databases in ${other.folder}, on a disk of its own: from here they cannot be reached.`,
    `${NOTHING} Undo that repair on ${other.host}.`,
  );
}
