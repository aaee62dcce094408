// The databases of this host on a disk of its own: what a person may ask, for one home. It is made on each host by
// itself, since nobody writes on the disk of another one; hosts that have not done it go on with those in the home.

import type { Hands } from '../hands.ts';
import { askCodex } from '../checks/cures/curing.ts';
import { databasesTogether, folderOfLog } from '../checks/judging/databasesInUse.ts';
import { databasesTook, type DatabasesTook } from '../hosts/databasesTook.ts';
import { namesOfOthers } from '../hosts/hostsOfHome.ts';
import type { FileFacts } from '../model/closerLook.ts';
import type { OwnDatabases } from '../model/host.ts';
import type { Plan } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { confirmByLists, notAsked, type Confirmation } from '../repair/askAgain.ts';
import { databasesOf } from '../repair/ownDatabases/databaseLines.ts';
import { planDatabases, type FoundDatabase } from '../repair/ownDatabases/planDatabases.ts';
import {
  refuseOtherStarts,
  refuseUnlessMovable,
  refuseWhileOthersUse,
} from '../repair/ownDatabases/preconditions.ts';
import { OWN, type DatabasesWish } from '../repair/ownDatabases/wish.ts';
import { beginOf } from '../repair/startUp/markedBlock.ts';
import { lookAtStartUp } from '../repair/startUp/startUpFiles.ts';
import { IMAGE_BYTES } from '../repair/steps/imaged.ts';
import { lookHere } from '../scan/ownSight.ts';
import { databasesBy } from '../repair/ownDatabases/databasesMade.ts';
import type { World } from '../world.ts';
import type { Consent, Done, Rite } from './rite.ts';

export interface DatabasesRequest extends Consent {
  readonly wish: DatabasesWish;
}

export interface DatabasesMade extends Done, DatabasesTook {
  /** Null when it could not be made: then everything is as it was. */
  readonly own: OwnDatabases | null;
  /** What the real Codex says, when it is started with them. */
  readonly confirmation: Confirmation;
}

export interface OwnDatabasesDoor {
  /** What giving this host databases on a disk of its own would come to. Looks only. */
  planOwnDatabases(report: Report, wish: DatabasesWish): Promise<Plan>;
  /** `report` is what the plan was made of; `scan` looks at the same home again. */
  applyOwnDatabases(
    report: Report,
    scan: () => Promise<Report>,
    request: DatabasesRequest,
  ): Promise<DatabasesMade>;
}

export function ownDatabasesOf(
  { hands, carryOut }: Omit<Rite, 'siteOf'>,
  world: World,
): OwnDatabasesDoor {
  const plan = async (report: Report, wish: DatabasesWish) => {
    refuseWhileOthersUse(namesOfOthers(report.snapshot), wish.old);
    await refuseUnlessMovable(world, report, wish);
    await refuseOtherStarts(world, report, (await lookHere(world, report.snapshot)).starts);
    return planDatabases(wish, await lookAround(world, report, wish), text => world.hash(text));
  };
  return {
    planOwnDatabases: plan,
    applyOwnDatabases: async (first, scan, { wish, ...consent }) => {
      // What is copied is one picture whoever writes there; what goes, goes where nobody else is.
      const closed = { ...consent, isClosedElsewhere: true };
      const done = await carryOut(first, scan, closed, report => plan(report, wish));
      const { receipt, before } = done;
      const given = databasesBy(before.snapshot.home.path, receipt, done.plan);
      const own = receipt.findings.includes(OWN) ? given : null;
      return {
        plan: done.plan,
        receipt,
        recovered: done.recovered,
        own,
        ...(own === null ? NOT_MADE : await seeWhetherUsed(world, before, own)),
        confirmation:
          own === null
            ? notAsked('it could not be made')
            : await confirm(before, own.folder, hands),
      };
    },
  };
}

const NOT_MADE: DatabasesTook = { answer: 'unknown', wrong: [], stale: [] };

async function seeWhetherUsed(
  world: World,
  { snapshot }: Report,
  own: OwnDatabases,
): Promise<DatabasesTook> {
  const sight = await lookHere(world, snapshot);
  // Whoever had this home open was refused. A server that names none in its environment may have another home
  // directory, and nothing is said of it.
  return databasesTook(own, [{ ...sight, machine: snapshot.hosts.here, servers: [] }]);
}

async function lookAround(world: World, { snapshot }: Report, wish: DatabasesWish) {
  const host = snapshot.hosts.here.hostname;
  const databases: FoundDatabase[] = [];
  const leftOut: string[] = [];
  for (const { file, name, bytes, walBytes, modifiedMs } of databasesTogether(snapshot)) {
    if (bytes + walBytes > IMAGE_BYTES) leftOut.push(name);
    else {
      const beside = wish.old === 'go' ? await lookBeside(world, file) : [];
      // Of what stays the plan says nothing that changes while others write it.
      const facts = wish.old === 'go' ? { bytes, modifiedMs } : { bytes: 0, modifiedMs: 0 };
      databases.push({ name, file, ...facts, beside });
    }
  }
  const startUp = await lookAtStartUp(world, wish.startUp, {
    line: beginOf(databasesOf(host)),
    refusal: file =>
      new Refusal(
        'told-already',
        `${file} already tells Codex on ${host} where its databases are.`,
        'Nothing was changed. Undo that repair first (codex-health history names it), or take the marked lines out by hand.',
      ),
  });
  return {
    host,
    home: snapshot.home.path,
    databases,
    leftOut,
    log: await lookAtLog(world, snapshot),
    startUp,
  };
}

/** Null where no Codex of this machine keeps its log apart from the other databases. */
async function lookAtLog({ files }: World, snapshot: Report['snapshot']) {
  const folder = folderOfLog(snapshot);
  if (folder === null) return null;
  const filesystem = (await files.mayHang(folder)) ? null : await files.filesystem(folder);
  return { folder, isLocal: filesystem?.isNetwork === false };
}

async function lookBeside({ files }: World, database: FilePath): Promise<readonly FileFacts[]> {
  const found: FileFacts[] = [];
  for (const file of [`${database}-wal`, `${database}-shm`]) {
    const state = await files.stat(file);
    if (!state.ok) continue;
    found.push({ file, bytes: state.value.bytes, modifiedMs: state.value.modifiedMs });
  }
  return found;
}

/** A fresh server, started as the lines have it, lists what was listed before. */
async function confirm(before: Report, folder: FilePath, hands: Hands): Promise<Confirmation> {
  const { snapshot } = before;
  const asking = askCodex(snapshot, []);
  if ('why' in asking) return notAsked(asking.why);
  const { codex, home } = asking;
  const ids = snapshot.threads.map(({ id }) => id);
  return confirmByLists({ codex, home, sqliteHome: folder }, before, ids, hands);
}
