import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

/** What the official schema has against a log; nothing when it is valid. */
export function troublesOfSarif(log: unknown): readonly string[] {
  const file = path.join(import.meta.dirname, 'schema.json');
  // The schema names an old draft whose words it uses mean the same in the newer one.
  const { $schema, id, ...schema } = JSON.parse(fs.readFileSync(file, 'utf8')) as Schema;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  formats(ajv);
  const validate = ajv.compile(schema);
  if (validate(log)) return [];
  return (validate.errors ?? []).map(error => `${error.instancePath} ${error.message ?? ''}`);
}

interface Schema {
  readonly $schema: string;
  readonly id: string;
}
