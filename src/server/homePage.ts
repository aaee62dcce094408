// The page of the home: what is so for all of its threads, and what could not be looked at.

import type { Finding } from '../engine/model/finding.ts';
import type { Report } from '../engine/model/report.ts';
import { databaseAddress } from './addresses.ts';
import { toFileUri } from './fileUri.ts';
import { factOfFinding, writeFindings } from './findingsSection.ts';
import { createPageWriter, type Page } from './page.ts';
import { count, timeInWords } from '../words/amounts.ts';

export function writeHomePage(
  { snapshot, nothingLost, counts }: Report,
  findings: readonly Finding[],
): Page {
  const { home, config, codexes, databases, gaps } = snapshot;
  const page = createPageWriter();
  page.title(`Codex home ${home.path}`);
  page.heading('Home');
  page.fact('nothingLost', 'is all there', `${nothingLost.answer}: ${nothingLost.says}`);
  page.fact('home', 'folder', home.path);
  page.fact('host', 'host', home.hostname);
  page.fact('sqliteHome', 'databases', `${home.sqliteHome} (from: ${home.sqliteHomeFrom})`);
  if (home.logDir !== null)
    page.fact('logDir', 'log of Codex from 0.169 on', `${home.logDir} (from: config)`);
  page.fact('filesystem', 'filesystem', home.filesystem?.type ?? 'unknown');
  const toConfig = config.state === 'absent' ? null : toFileUri(config.file, home.system);
  page.fact('config', 'config.toml', config.state, toConfig);
  page.fact('provider', 'provider', config.provider);
  page.fact('threads', 'threads', `${String(counts.threads)}, ${String(counts.archived)} archived`);
  page.fact('looked', 'looked at', timeInWords(snapshot.takenAtMs));
  writeFindings(page, findings);
  page.heading('Codex programs');
  const isCodexKnown = !gaps.some(({ source }) => source === 'codexes');
  if (codexes.length === 0)
    page.fact('codex', 'codex', isCodexKnown ? 'none was found' : 'could not be looked at');
  for (const { path, version } of codexes)
    page.fact(`codex.${version ?? ''}`, version ?? 'unknown', path);
  page.heading('Databases');
  for (const { key, trouble } of databases)
    page.fact(
      `database.${key}`,
      key,
      trouble === null ? 'can be read' : trouble.why,
      databaseAddress(home.key, key),
    );
  page.heading('Could not be looked at');
  if (gaps.length === 0)
    page.fact('gaps', 'nothing', `${count(counts.rollouts, 'rollout')} were looked at`);
  for (const { source, path, why } of gaps)
    page.fact(`gap.${source}`, source, `${path ?? ''} ${why}`.trim());
  return page.page();
}

/** The facts of the page at which a finding about the home may point, the best first. */
export function homeFactsOf({ id, subject: { kind, key } }: Finding): readonly string[] {
  if (kind === 'codex') return [`codex.${key}`, factOfFinding(id)];
  return kind === 'config' || kind === 'provider' ? [kind] : [factOfFinding(id)];
}
