// What a line says, in the words of whoever said it, before anything is shortened.

import type { EntryKind } from '../model/transcript.ts';
import { isObject, parseObject, textOf, type JsonObject } from '../scan/rollouts/rolloutLine.ts';
import {
  commandOf,
  json,
  listOf,
  numberIn,
  planOf,
  resultOf,
  textIn,
  textsIn,
  wordsIn,
} from './texts.ts';

export interface Said {
  readonly kind: EntryKind;
  readonly about?: string;
  readonly text: string;
  /** Of a call and of what came of it: Codex writes both down in two ways, with one id. */
  readonly call?: string;
}

/** What a line of one kind says; nothing where it says nothing to a reader. */
export type Tell = (item: JsonObject) => readonly Said[];

const nothing: Tell = () => [];
const note =
  (text: string): Tell =>
  () => [{ kind: 'note', text }];

/** `response_item`: what the model was told and answered. */
export const RESPONSE_ITEMS: Readonly<Record<string, Tell>> = {
  message: tellMessage,
  agent_message: item => [{ kind: 'note', text: `To another agent: ${textsIn(item['content'])}` }],
  reasoning: item => filled('reasoning', textsIn(item['summary'])),
  function_call: tellCall,
  custom_tool_call: item => [
    { kind: 'tool', about: nameOf(item), text: textOf(item['input']) ?? '', call: idOf(item) },
  ],
  local_shell_call: item => {
    const action = isObject(item['action']) ? item['action'] : {};
    return [{ kind: 'command', text: commandOf(action['command']), call: idOf(item) }];
  },
  tool_search_call: item => [
    { kind: 'tool', about: 'tool_search', text: json(item['arguments']), call: idOf(item) },
  ],
  web_search_call: tellSearch,
  image_generation_call: item => [
    { kind: 'tool', about: 'image', text: textOf(item['revised_prompt']) ?? '', call: idOf(item) },
  ],
  function_call_output: tellOutput,
  custom_tool_call_output: tellOutput,
  tool_search_output: nothing,
  additional_tools: nothing,
  ghost_snapshot: nothing,
  compaction_trigger: nothing,
  compaction: nothing,
  compaction_summary: nothing,
  context_compaction: nothing,
};

const COMPACTED = 'Codex summarised the conversation up to here, to make room.';

/** `event_msg`: what Codex showed. */
export const EVENTS: Readonly<Record<string, Tell>> = {
  user_message: item => [
    ...filled('person', textOf(item['message']) ?? ''),
    ...pictures([...listOf(item['images']), ...listOf(item['local_images'])].length),
  ],
  agent_message: item => filled('model', textOf(item['message']) ?? ''),
  agent_reasoning: item => filled('reasoning', textOf(item['text']) ?? ''),
  exec_command_begin: item => [
    { kind: 'command', text: commandOf(item['command']), call: idOf(item) },
  ],
  exec_command_end: tellExecution,
  patch_apply_begin: tellChanges,
  patch_apply_end: tellChanges,
  mcp_tool_call_begin: tellInvocation,
  mcp_tool_call_end: item => [
    ...tellInvocation(item),
    { kind: 'output', text: resultOf(item['result']), call: idOf(item) },
  ],
  web_search_end: tellSearch,
  view_image_tool_call: tellPicture,
  image_generation_end: tellPicture,
  plan_update: item => [{ kind: 'plan', text: planOf(item) }],
  error: item => [{ kind: 'error', text: textOf(item['message']) ?? '' }],
  stream_error: item => [{ kind: 'error', text: textOf(item['message']) ?? '' }],
  warning: item => [{ kind: 'error', text: textOf(item['message']) ?? '' }],
  turn_aborted: item => [
    { kind: 'note', text: `The turn was stopped: ${textOf(item['reason']) ?? 'nobody says why'}.` },
  ],
  context_compacted: note(COMPACTED),
  entered_review_mode: note('A review began.'),
  exited_review_mode: note('The review ended.'),
  thread_rolled_back: item => [
    {
      kind: 'note',
      text: `Turns above this line that were taken back: ${numberIn(item['num_turns'])}.`,
    },
  ],
  thread_name_updated: item => [
    { kind: 'note', text: `Named: ${textOf(item['thread_name']) ?? 'nothing'}` },
  ],
  thread_goal_updated: item => {
    const goal = isObject(item['goal']) ? item['goal'] : {};
    return [{ kind: 'note', text: `Goal: ${textOf(goal['objective']) ?? 'none'}` }];
  },
  task_started: nothing,
  turn_started: nothing,
  task_complete: nothing,
  turn_complete: nothing,
  token_count: nothing,
  thread_settings_applied: nothing,
  agent_reasoning_raw_content: nothing,
  agent_reasoning_section_break: nothing,
  web_search_begin: nothing,
};

/** The items of `item_completed`, as threads with paginated history hold them. */
export const TURN_ITEMS: Readonly<Record<string, Tell>> = {
  UserMessage: item => spoken('person', item['content']),
  AgentMessage: item => spoken('model', item['content']),
  Reasoning: item => filled('reasoning', wordsIn(item['summary_text']).join('\n\n')),
  Plan: item => filled('plan', textOf(item['text']) ?? ''),
  CommandExecution: tellExecution,
  FileChange: tellChanges,
  McpToolCall: item => [
    {
      kind: 'tool',
      about: `${textOf(item['server']) ?? ''} ${textOf(item['tool']) ?? ''}`.trim(),
      text: json(item['arguments']),
      call: idOf(item),
    },
    { kind: 'output', text: resultOf(item['error'] ?? item['result']), call: idOf(item) },
  ],
  WebSearch: tellSearch,
  ImageView: tellPicture,
  ImageGeneration: tellPicture,
  ContextCompaction: note(COMPACTED),
  EnteredReviewMode: note('A review began.'),
  ExitedReviewMode: note('The review ended.'),
  HookPrompt: item => [{ kind: 'injected', text: textsIn(item['fragments']) }],
};

/** Lines of other kinds. The first line of a file is told by whoever knows the file. */
export const LINES: Readonly<Record<string, Tell>> = {
  session_meta: nothing,
  turn_context: nothing,
  world_state: nothing,
  token_usage_record: nothing,
  inter_agent_communication_metadata: nothing,
  inter_agent_communication: item => [
    { kind: 'note', text: `Between agents: ${textOf(item['content']) ?? ''}` },
  ],
  compacted: item => [
    { kind: 'note', text: `${COMPACTED}\n\n${textOf(item['message']) ?? ''}`.trim() },
  ],
};

/**
 * Codex tells the model in the person's place where it works, and what the project asks for: between tags
 * that nobody would write as HTML.
 */
const INJECTED =
  /^\s*(?:<environment_context>|# AGENTS\.md |<([a-z]+_[a-z_]+)\b[^>]*>[^]*<\/\1>\s*$)/i;

function tellMessage(item: JsonObject): readonly Said[] {
  if (item['role'] === 'assistant') return spoken('model', item['content']);
  if (item['role'] !== 'user') return [{ kind: 'injected', text: '' }];
  const texts = listOf(item['content']).map(part => textIn(part));
  const isInjected = (text: string) => INJECTED.test(text);
  return [
    ...texts.filter(isInjected).map((text): Said => ({ kind: 'injected', text })),
    ...filled('person', texts.filter(text => !isInjected(text)).join('')),
  ];
}

function spoken(kind: 'person' | 'model', content: unknown): readonly Said[] {
  const parts = listOf(content);
  const images = parts.filter(part => isObject(part) && /image/i.test(textOf(part['type']) ?? ''));
  return [
    ...filled(kind, parts.map(part => textIn(part)).join('')),
    ...(kind === 'person' ? pictures(images.length) : []),
  ];
}

function pictures(number: number): readonly Said[] {
  return number === 0
    ? []
    : [{ kind: 'note', text: `Pictures in the message: ${String(number)}.` }];
}

function tellCall(item: JsonObject): readonly Said[] {
  const given = parseObject(textOf(item['arguments']) ?? '');
  const call = idOf(item);
  if (given !== null && nameOf(item) === 'update_plan')
    return [{ kind: 'plan', text: planOf(given), call }];
  const command = given === null ? '' : commandOf(given['cmd'] ?? given['command']);
  if (command !== '') return [{ kind: 'command', text: command, call }];
  const text = given === null ? (textOf(item['arguments']) ?? '') : json(given);
  return [{ kind: 'tool', about: nameOf(item), text: text === '{}' ? '' : text, call }];
}

function tellOutput(item: JsonObject): readonly Said[] {
  return [{ kind: 'output', text: resultOf(item['output']), call: idOf(item) }];
}

function tellExecution(item: JsonObject): readonly Said[] {
  const code = item['exit_code'];
  const end = typeof code === 'number' && code !== 0 ? `\n(ended with ${String(code)})` : '';
  const output = textOf(item['aggregated_output']) ?? textOf(item['formatted_output']) ?? '';
  return [
    { kind: 'command', text: commandOf(item['command']), call: idOf(item) },
    { kind: 'output', text: `${output}${end}`, call: idOf(item) },
  ];
}

function tellChanges(item: JsonObject): readonly Said[] {
  const changes = isObject(item['changes']) ? Object.keys(item['changes']) : [];
  return [{ kind: 'tool', about: 'changes of files', text: changes.join('\n'), call: idOf(item) }];
}

function tellInvocation(item: JsonObject): readonly Said[] {
  const { server, tool, arguments: given } = isObject(item['invocation']) ? item['invocation'] : {};
  const about = `${textOf(server) ?? ''} ${textOf(tool) ?? ''}`.trim();
  return [{ kind: 'tool', about, text: json(given), call: idOf(item) }];
}

function tellSearch(item: JsonObject): readonly Said[] {
  const action = isObject(item['action']) ? item['action'] : {};
  const text = textOf(action['query']) ?? textOf(item['query']) ?? textOf(action['url']) ?? '';
  return [{ kind: 'tool', about: 'web search', text, call: idOf(item) }];
}

function tellPicture(item: JsonObject): readonly Said[] {
  const text = textOf(item['path']) ?? textOf(item['saved_path']) ?? '';
  return [{ kind: 'tool', about: 'picture', text, call: idOf(item) }];
}

function idOf(item: JsonObject): string {
  return textOf(item['call_id']) ?? textOf(item['id']) ?? '';
}

function nameOf(item: JsonObject): string {
  return textOf(item['name']) ?? 'tool';
}

function filled(kind: EntryKind, text: string): readonly Said[] {
  return text.trim() === '' ? [] : [{ kind, text }];
}
