// What Codex does not take in a config.toml that is valid TOML: then it starts with its own defaults
// and resumes nothing. Of all that it checks, this is what concerns threads and providers, and what
// old files are known for; measured with 0.142, 0.160 and 0.169.

interface Values {
  readonly [key: string]: unknown;
}

/** Providers that are built in and cannot be defined anew; amazon-bedrock can. */
const RESERVED = ['openai', 'ollama', 'lmstudio'];
const TEXTS = ['model', 'model_provider', 'sqlite_home', 'log_dir', 'sandbox_mode'];
const SANDBOXES = ['read-only', 'workspace-write', 'danger-full-access'];
const APPROVALS = ['untrusted', 'on-failure', 'on-request', 'never'];

/** A sentence part; null when nothing is known that Codex would refuse. */
export function whyRefused(values: Values): string | null {
  if (values['profile'] !== undefined)
    return 'it chooses a profile by the key "profile", which Codex no longer takes';
  const wrong = TEXTS.find(key => values[key] !== undefined && typeof values[key] !== 'string');
  if (wrong !== undefined) return `its ${wrong} is not a text`;
  const sandbox = values['sandbox_mode'];
  if (typeof sandbox === 'string' && !SANDBOXES.includes(sandbox))
    return `its sandbox_mode is "${sandbox}", which Codex does not know`;
  const approval = values['approval_policy'];
  if (typeof approval === 'string' && !APPROVALS.includes(approval))
    return `its approval_policy is "${approval}", which Codex does not know`;
  return whyProvidersRefused(values['model_providers']);
}

function whyProvidersRefused(providers: unknown): string | null {
  if (providers === undefined) return null;
  if (!isTable(providers)) return 'its model_providers is not a table';
  for (const [id, provider] of Object.entries(providers)) {
    if (RESERVED.includes(id)) return `it defines the provider ${id}, which is built in`;
    if (!isTable(provider)) return `its provider ${id} is not a table`;
    const { name, wire_api: wire, base_url: url } = provider;
    if (typeof name !== 'string' || name === '') return `its provider ${id} has no name`;
    if (wire !== undefined && wire !== 'responses')
      return `its provider ${id} has a wire_api that Codex no longer takes`;
    if (url !== undefined && typeof url !== 'string')
      return `the base_url of its provider ${id} is not a text`;
  }
  return null;
}

function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
