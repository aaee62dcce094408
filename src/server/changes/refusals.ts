// An expected "no", in the words of an editor: the engine's own name commands that are typed.

import { ResponseError } from 'vscode-languageserver';
import type { Left } from '../../engine/model/plan.ts';
import { Refusal } from '../../engine/refusal.ts';
import { REFUSED, type RefusedData } from '../../protocol/requests.ts';

const REFRESH = '"Codex: Refresh Session Health"';
const HISTORY = '"Codex: Show Repair History"';
const UNDO = '"Codex: Undo Repair"';
const SPLIT = '"Codex: Give Each Host Its Own Codex Home…"';
const MOVE = '"Codex: Move Threads to Another Provider…"';

/** What is typed in a terminal, and what does the same in an editor. A test holds them against the engine. */
const WORDS: readonly (readonly [typed: RegExp, said: string])[] = [
  [/([Ll]ook again) with codex-health scan, which says/g, `$1 with ${REFRESH}; the list says`],
  [/([Ll]ook again) with codex-health scan/g, `$1 with ${REFRESH}`],
  [/codex-health hosts (?:confirm )?says/g, 'The list of Codex Session Health says'],
  [/; hosts add ALIAS adds one/g, '; the setting codexHealth.hosts names others'],
  [/add them with codex-health hosts add/g, 'name them in the setting codexHealth.hosts'],
  [
    /name the hosts that are to be split: codex-health hosts split .*?(?=\.$)/g,
    `say so when ${SPLIT} asks for it`,
  ],
  [/codex-health hosts split shows/g, `${SPLIT} shows`],
  [/codex-health hosts add ALIAS adds a host/g, 'Name a host in the setting codexHealth.hosts'],
  [/codex-health hosts add ALIAS/g, 'name it in the setting codexHealth.hosts'],
  [/codex-health hosts looks/g, `${REFRESH} looks`],
  [/([Ll]ook at it) with codex-health hosts/g, `$1 with ${REFRESH}`],
  [/codex-health undo \S+ takes/g, `${UNDO} takes`],
  [/[Rr]un codex-health undo on (\S+?)(?=\.| first)/g, `Run ${UNDO} in a window on $1`],
  [/codex-health apply puts/g, '"Codex: Repair State" puts'],
  [/[Nn]ame that home with --home/g, 'Name that home in the setting codexHealth.home'],
  [/^codex-health scan says/g, 'The list of Codex Session Health says'],
  [/codex-health scan says/g, 'the list of Codex Session Health says'],
  [/codex-health apply \S+ --to DIR/g, 'choose it with "Relink Folder…"'],
  [/codex-health apply (?:--check )?(\S+?)(?=\.?$)/g, '"Repair…" in the list offers it ($1)'],
  [/codex-health threads --all/g, 'The list of Codex Session Health'],
  [/codex-health provider restore --thread (\S+) gives it/g, `${MOVE} gives the thread $1`],
  [/codex-health provider (?:list|move)/g, MOVE],
  [/run codex-health undo again/g, 'undo it again'],
  [/codex-health undo looks/g, `Undo with ${HISTORY} looks`],
  [
    /codex-health undo --closed \S+ takes your word/g,
    'undo of codex-health in a terminal takes your word',
  ],
  [/codex-health history/g, HISTORY],
  [
    /name the other hosts and leave it out/g,
    'let codex-health in a terminal split the home without it',
  ],
  [/ \([0-9a-f]+\) with codex-health plan, and apply that/g, ', and agree to that'],
  [
    /codex-health explain (\S+) says/g,
    'In the record, resting on its line leads to the page of $1, which says',
  ],
  [/^(Choose: )--cure/g, '"Repair…" lets you choose: --cure'],
  [/--cure \S+ \((.*?)\)(?=[;.])/g, '$1'],
  [/Repair it without --to/g, 'Repair it without naming a directory'],
  [/with --to DIR/g, 'with "Relink Folder…"'],
  [/below DIR/g, 'below the new one'],
  [
    /Name a folder elsewhere with --vault DIR, or none/g,
    'Set codexHealth.vault to a folder elsewhere, or to none',
  ],
  [/keep backups elsewhere with --vault DIR/g, 'set codexHealth.vault to another folder'],
  [/name it with --vault DIR/g, 'name the folder with the setting codexHealth.vault'],
  [/with --sqlite-home DIR/g, 'with the setting codexHealth.sqliteHome'],
  [/with --codex BIN/g, 'with the setting codexHealth.codexPath'],
  [/Run it again with a newer Node/g, 'Looking works here. Repairs need a newer VS Code'],
  [
    /run this again; with --wait it goes on by itself as soon as they are closed/g,
    'try again, or let it be waited for',
  ],
  [/run (?:this|it) again/g, 'try again'],
  [/Run it again/g, 'Try again'],
  [/Look again with the same words/g, 'Look again'],
  [/Another codex-health is/g, 'Another window, or codex-health in a terminal, is'],
  [/([Aa]) newer codex-health/g, '$1 newer version of this extension'],
];

/** A sentence of the engine, for people who have commands and settings of an editor before them. */
export function inEditorWords(sentence: string): string {
  return WORDS.reduce((text, [typed, said]) => text.replaceAll(typed, said), sentence);
}

export function leftInEditor(left: readonly Left[]): readonly Left[] {
  return left.map(({ what, why }) => ({ what, why: inEditorWords(why) }));
}

export function inEditor({ code, message, next }: Refusal): Refusal {
  return new Refusal(code, inEditorWords(message), inEditorWords(next));
}

/** All other errors are failures of ours, and stay what they are. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, next } = inEditor(error);
    throw new ResponseError<RefusedData>(REFUSED, message, { refusal: code, next });
  }
}
