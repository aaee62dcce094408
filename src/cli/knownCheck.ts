import type { Context } from './command.ts';
import { UsageError } from './commandLine.ts';
import { nearest } from './nearest.ts';

/** Ids are typed by people: a wrong one gets a hint, and never an empty report. */
export function knownCheck({ engine }: Context, id: string): Context['engine']['checks'][number] {
  const check = engine.checks.find(one => one.id === id);
  if (check !== undefined) return check;
  const meant = nearest(
    id,
    engine.checks.map(one => one.id),
  );
  const hint = meant === null ? 'codex-health explain lists all checks.' : `Did you mean ${meant}?`;
  throw new UsageError(`There is no check "${id}". ${hint}`);
}
