// Whether Codex goes on with the provider of a thread.

import type { Rollout, RolloutMeta } from '../model/rollout.ts';
import type { IndexRow } from './indexRows.ts';
import { BUILT_IN_PROVIDERS, type Look } from './look.ts';
import { isPaginated } from './rolloutReading.ts';
import { no, unknown, YES, type Verdict } from './verdict.ts';

/** The provider with which the thread would go on must be configured. */
export function mayUseProvider(
  look: Look,
  row: IndexRow | null,
  meta: RolloutMeta,
  file: Rollout,
): Verdict {
  const provider = providerInUse(look, row, meta, file);
  if (provider === null) return unknown('its newest settings stand in a part that was not read');
  const { definedProviders } = look.snapshot.config;
  if (BUILT_IN_PROVIDERS.includes(provider) || definedProviders.includes(provider)) return YES;
  return no(`its provider (${provider}) is not configured`);
}

/** Null when it stands in a part of the file that was not read. */
function providerInUse(
  { rules, provider }: Look,
  row: IndexRow | null,
  meta: RolloutMeta,
  { tail }: Rollout,
): string | null {
  if (row !== null) return row.provider;
  if (rules.rebuildsProviderFrom === 'header') return meta.provider ?? '';
  const settings = tail.settings?.provider ?? null;
  if (settings === null && !tail.isWholeFile) return null;
  return settings ?? meta.provider ?? (rules.holdsToProvider ? provider : '');
}

/**
 * Codex 0.169 refuses to resume legacy history whose header names another provider than the row, and
 * history without a row whose header names another one than the newest settings.
 */
export function providersAgree(
  look: Look,
  row: IndexRow | null,
  isFoundByRow: boolean,
  meta: RolloutMeta,
  file: Rollout,
): Verdict {
  if (!look.rules.holdsToProvider) return YES;
  if (isFoundByRow && isPaginated(meta, look.rules)) return YES;
  const inHeader = (meta.provider ?? '') === '' ? look.provider : meta.provider;
  const other = providerInUse(look, row, meta, file);
  if (inHeader === other) return YES;
  const where = row === null ? 'its newest settings' : 'its row';
  return no(
    `its file began with another provider (${inHeader ?? ''}) than ${where} (${other ?? ''}) names`,
  );
}
