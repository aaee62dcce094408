// One line of a rollout: JSON, and whether Codex can read it as the description of a thread.

import type { RolloutMeta } from '../../model/rollout.ts';
import { canonicalId } from '../../model/threadIds.ts';

export interface JsonObject {
  readonly [key: string]: unknown;
}

export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && !hasHalfCharacter(text) ? value : null;
  } catch {
    return null;
  }
}

/**
 * JSON for JavaScript, and for no Codex: the escape of half a character, which programs leave behind
 * that cut a text where its length says.
 */
export function hasHalfCharacter(json: string): boolean {
  if (!json.includes('\\u') || !HALF.test(json)) return false;
  return HALF.test(json.replaceAll('\\\\', '').replaceAll(BOTH_HALVES, ''));
}

const HALF = /\\u[dD][89a-fA-F]/;
const BOTH_HALVES = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** What a `session_meta` line says, also when Codex would refuse it. */
export function asMeta(record: JsonObject): RolloutMeta | null {
  const payload = record['payload'];
  if (record['type'] !== 'session_meta' || !isObject(payload)) return null;
  const git = isObject(payload['git']) ? payload['git'] : {};
  const source = payload['source'];
  const { historyFile, historyBytes } = historyBaseOf(payload);
  return {
    id: idOf(payload['id']),
    timestamp: textOf(payload['timestamp']),
    cwd: textOf(payload['cwd']),
    originator: textOf(payload['originator']),
    cliVersion: textOf(payload['cli_version']),
    source: isObject(source) ? JSON.stringify(source) : textOf(source),
    provider: textOf(payload['model_provider']),
    historyMode: asWritten(payload['history_mode']),
    isRefusedByNewer: whyNewerRefuse(record, payload) !== null,
    forkedFrom: textOf(payload['forked_from_id']),
    // Older forks carry a copy of all that came before; only one with this number leans on a file.
    historyBase:
      typeof payload['forked_from_ordinal_exclusive'] === 'number'
        ? textOf(payload['forked_from_id'])
        : null,
    historyFile,
    historyBytes,
    isCwdARoot: isCwdARoot(payload),
    gitBranch: textOf(git['branch']),
    gitCommit: textOf(git['commit_hash']),
    gitOrigin: textOf(git['repository_url']),
  };
}

/** A word as it is, anything else as JSON; null when nothing is written. */
function asWritten(value: unknown): string | null {
  return value === undefined ? null : (textOf(value) ?? JSON.stringify(value));
}

function historyBaseOf(payload: JsonObject): Pick<RolloutMeta, 'historyFile' | 'historyBytes'> {
  const base = payload['history_base'];
  if (!isObject(base)) return { historyFile: null, historyBytes: null };
  const end = base['end_byte_offset'];
  return {
    historyFile: textOf(base['thread_id'])?.toLowerCase() ?? null,
    historyBytes: typeof end === 'number' ? end : null,
  };
}

function isCwdARoot(payload: JsonObject): boolean | null {
  const roots = payload['runtime_workspace_roots'];
  if (!Array.isArray(roots) || roots.length === 0) return null;
  return roots.includes(payload['cwd']);
}

const REQUIRED = ['id', 'timestamp', 'cwd', 'originator', 'cli_version'];

function idOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null ? null : (canonicalId(text) ?? text);
}

export function isUsableMeta(record: JsonObject): boolean {
  return whyUnusable(record) === null;
}

/** Why no Codex takes this line as the description of a thread; null when it does. */
export function whyUnusable(record: JsonObject): string | null {
  const payload = record['payload'];
  if (!isObject(payload)) return 'it has no payload';
  if (typeof record['timestamp'] !== 'string') return 'it has no timestamp';
  const missing = REQUIRED.filter(name => typeof payload[name] !== 'string');
  if (missing.length > 0) return `its first line lacks: ${missing.join(', ')}`;
  if (canonicalId(textOf(payload['id']) ?? '') === null)
    return 'the id in its first line is no thread id';
  const source = payload['source'];
  if (source !== undefined && typeof source !== 'string' && !isKnownSource(source))
    return 'the source in its first line is none that Codex knows';
  const forkedFrom = payload['forked_from_id'];
  if (forkedFrom != null && canonicalId(textOf(forkedFrom) ?? '') === null)
    return 'the thread that its first line says it was forked from is none';
  const provider = payload['model_provider'];
  if (provider != null && typeof provider !== 'string')
    return 'the provider in its first line is not a word';
  const instructions = payload['base_instructions'];
  if (instructions != null && textOfInstructions(instructions) === null)
    return 'the instructions in its first line have no text';
  if (payload['git'] != null && !isGit(payload['git']))
    return 'what its first line says of Git is no description';
  return null;
}

/** A word can be any; an object is one of three kinds. */
function isKnownSource(source: unknown): boolean {
  if (!isObject(source)) return false;
  const [kind, ...others] = Object.keys(source);
  return others.length === 0 && ['custom', 'internal', 'subagent'].includes(kind ?? '');
}

/** The kinds of lines of a rollout. */
const KINDS = [
  ...['session_meta', 'response_item', 'event_msg', 'turn_context', 'compacted'],
  ...['world_state', 'token_usage_record', 'inter_agent_communication'],
];

/** Whether Codex may take a line as one of a rollout; it passes over all others. */
export function isRecord(record: JsonObject): boolean {
  const type = textOf(record['type']);
  if (typeof record['timestamp'] !== 'string' || !isObject(record['payload'])) return false;
  return type === 'session_meta' ? isUsableMeta(record) : KINDS.includes(type ?? '');
}

/** Events that each Codex knows, and what it wants of them. */
const SURE_EVENTS: ReadonlyMap<unknown, string | null> = new Map([
  ...['task_started', 'task_complete'].map(event => [event, 'turn_id'] as const),
  ...['user_message', 'agent_message'].map(event => [event, 'message'] as const),
  ['token_count', null],
]);

/**
 * Whether each Codex takes a record as one. Of others it depends on the kinds that a release knows and on what
 * it wants of them: a line from a newer one, or from another program, is often passed over.
 */
export function isSurelyRecord({ type, payload }: JsonObject): boolean {
  if (type === 'session_meta') return true;
  if (type !== 'event_msg' || !isObject(payload)) return false;
  const wanted = SURE_EVENTS.get(payload['type']);
  return wanted === null || (wanted !== undefined && typeof payload[wanted] === 'string');
}

/** What Codex from 0.160 on refuses besides, and older ones pass over. */
function whyNewerRefuse(record: JsonObject, payload: JsonObject): string | null {
  const mode = payload['history_mode'];
  if (mode !== undefined && mode !== 'legacy' && mode !== 'paginated') return 'its history mode';
  const instructions = payload['base_instructions'];
  if (isObject(instructions) && !isKnownProvenance(instructions['provenance']))
    return 'where its instructions come from';
  const ordinal = record['ordinal'];
  return ordinal !== undefined && typeof ordinal !== 'number' ? 'its ordinal' : null;
}

function isGit(git: unknown): boolean {
  const fields = ['commit_hash', 'branch', 'repository_url'];
  return isObject(git) && fields.every(name => git[name] == null || textOf(git[name]) !== null);
}

/** Codex reads a list as an object whose fields have no names. */
function textOfInstructions(instructions: unknown): string | null {
  if (isObject(instructions)) return textOf(instructions['text']);
  return Array.isArray(instructions) ? textOf(instructions[0]) : null;
}

/** Where instructions come from: from a model that is named, or from somebody. */
function isKnownProvenance(provenance: unknown): boolean {
  if (provenance === undefined || provenance === null) return true;
  if (!isObject(provenance)) return false;
  const { type, model } = provenance;
  return type === 'custom' || (type === 'model' && typeof model === 'string');
}
