// Databases on a disk of this host: what a person has to know before they choose, and the wish as the engine takes it.

import { hostsOfHome, type DatabasesWish, type Engine, type Repairs } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import type { DatabaseChoices, DatabasesWished } from '../../protocol/repairs.ts';

export async function databasesWishOf(
  repairs: Repairs,
  { folder, old, shells }: DatabasesWished,
): Promise<DatabasesWish> {
  return { folder, old, startUp: await repairs.proposeStartUp(shells) };
}

export async function databaseChoices(engine: Engine, report: Report): Promise<DatabaseChoices> {
  const { here, others, twins } = hostsOfHome(report.snapshot);
  const { starts } = await engine.hosts.here(report);
  return {
    host: here,
    others: [...others.map(({ name }) => name), ...twins],
    shells: [...new Set(starts.map(({ shell }) => shell))],
  };
}
