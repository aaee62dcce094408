// The sample home that the runner made, and what the tests look for in it.

import type { Uri } from 'vscode';
import { languages, workspace, type Diagnostic } from 'vscode';
import { until } from './harness.ts';

export interface Sample {
  readonly folder: string;
  readonly projects: Readonly<Record<string, string>>;
}

export const sample = JSON.parse(process.env['CODEX_HEALTH_SAMPLE'] ?? '{}') as Sample;

/** All markers of ours, with the document that they stand in. */
export function markers(): readonly { readonly uri: Uri; readonly marker: Diagnostic }[] {
  return languages
    .getDiagnostics()
    .flatMap(([uri, list]) =>
      list.filter(({ source }) => source === 'codex-health').map(marker => ({ uri, marker })),
    );
}

/** The first marker of a check in a session record, once there is one. */
export function markerOf(
  check: string,
): Promise<{ readonly uri: Uri; readonly marker: Diagnostic }> {
  return until(`a marker of ${check}`, () =>
    markers().find(({ uri, marker }) => uri.scheme === 'codex-health' && checkOf(marker) === check),
  );
}

export function checkOf({ code }: Diagnostic): unknown {
  return typeof code === 'object' ? code.value : code;
}

/** Changes a setting while the body runs. */
export async function withSetting(
  name: string,
  value: unknown,
  body: () => Promise<void>,
): Promise<void> {
  const settings = workspace.getConfiguration('codexHealth');
  await settings.update(name, value, false);
  try {
    await body();
  } finally {
    await settings.update(name, undefined, false);
  }
}
