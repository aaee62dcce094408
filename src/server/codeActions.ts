// Quick fixes: one for each cure of a finding, which asks the editor to show its plan. None of them edits
// a document: what a repair changes is files and databases, after somebody has read what.

import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Command,
  type Diagnostic,
  type Range,
} from 'vscode-languageserver';
import type { CureOffer, Finding } from '../engine/model/finding.ts';
import { parseAddress } from './addresses.ts';
import { asObject } from './changes/wishes.ts';
import { diagnose, SOURCE } from './diagnostics.ts';
import { recordAddressOf } from './threadAddresses.ts';
import type { View } from './view.ts';

export function codeActions(
  view: View,
  folders: readonly string[],
  pages: ReadonlySet<string>,
  { textDocument: { uri }, range, context }: CodeActionParams,
): readonly CodeAction[] {
  const isWanted = context.only?.some(kind => isWithin(CodeActionKind.QuickFix, kind)) ?? true;
  if (!isWanted) return [];
  const known = new Map(view.findings.map(finding => [finding.id, finding]));
  const given = context.diagnostics.filter(({ source }) => source === SOURCE);
  const named = given.filter(marker => findingOf(marker) !== null);
  // An editor that has dropped what we noted in a marker, or sends none, still says where it is.
  const markers =
    named.length > 0
      ? named
      : (diagnose(view, folders, pages).get(uri) ?? []).filter(marker =>
          overlaps(marker.range, range),
        );
  return markers.flatMap(marker => {
    const finding = known.get(findingOf(marker) ?? '');
    return finding === undefined ? [] : actionsFor(view, finding, marker, uri);
  });
}

/** `quickfix` is within `quickfix` and within the empty kind, and is not within `quickfix.other`. */
function isWithin(kind: string, wanted: string): boolean {
  return wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`);
}

function findingOf({ data }: Diagnostic): string | null {
  const { finding } = asObject(data);
  return typeof finding === 'string' ? finding : null;
}

function overlaps(one: Range, other: Range): boolean {
  const isBefore = ({ end }: Range, { start }: Range) =>
    end.line < start.line || (end.line === start.line && end.character < start.character);
  return !isBefore(one, other) && !isBefore(other, one);
}

function actionsFor(
  view: View,
  finding: Finding,
  marker: Diagnostic,
  uri: string,
): readonly CodeAction[] {
  return remediesOf(view, finding, uri).map(({ isPreferred, ...command }) => ({
    title: command.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [marker],
    command,
    ...(isPreferred ? { isPreferred } : {}),
  }));
}

/** What can be done about a finding, the best first; commands of the editor, none of which edits. */
export interface Remedy extends Command {
  readonly isPreferred: boolean;
}

export function remediesOf(view: View, finding: Finding, uri: string): readonly Remedy[] {
  const remedy = (title: string, command: string, ...given: readonly unknown[]): Remedy => ({
    title,
    command: `codexHealth.${command}`,
    arguments: [...given],
    isPreferred: false,
  });
  const preferred = finding.cures.find(({ automatic }) => automatic);
  const record = recordOf(view, finding, uri);
  return [
    ...finding.cures.map(cure => ({
      ...(finding.check === 'thread-cwd-missing'
        ? remedy(cureTitle(cure), 'relinkFolder', finding.id)
        : remedy(cureTitle(cure), 'repairFinding', finding.id, cure.id)),
      isPreferred: cure === preferred,
    })),
    ...(view.elsewhere === null ? remediesOfHosts(finding, remedy) : []),
    remedy(
      'Accept this finding: it counts no more until its facts change',
      'acceptFinding',
      finding.id,
    ),
    ...(record === null ? [] : [remedy('Open the session record', 'openRecord', record)]),
  ];
}

/** Changes of more than a finding, which a person chooses the ends of. */
function remediesOfHosts(
  { check }: Finding,
  remedy: (title: string, command: string) => Remedy,
): readonly Remedy[] {
  switch (check) {
    case 'home-shared':
      return [remedy('Give each host a Codex home of its own', 'splitHome')];
    case 'split-not-effective':
      return [remedy('Ask each host whether it uses its own home', 'askHosts')];
    case 'database-on-network-filesystem':
      return [remedy('Keep the databases of this host on its local disk', 'keepDatabasesLocal')];
    default:
      return [];
  }
}

function cureTitle({ title, loses }: CureOffer): string {
  return loses === 'nothing' ? title : `${title} (takes out ${loses}, which the backup keeps)`;
}

/** The record of the thread that a marker elsewhere is about; null where several are meant, or none. */
function recordOf({ report, threads }: View, finding: Finding, uri: string): string | null {
  const [id, ...others] = finding.threads;
  if (id === undefined || others.length > 0 || !threads.has(id)) return null;
  return parseAddress(uri)?.kind === 'thread' ? null : recordAddressOf(report.snapshot, id);
}
