import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { runConfig } from '../core/protocol/config.ts'

// Writes docs/config.schema.json from the schema that configs are checked with. With --check it only
// says whether the file is current.
const FILE = fileURLToPath(new URL('../docs/config.schema.json', import.meta.url))

const { $schema, ...rest } = z.toJSONSchema(runConfig, { io: 'input' })
const schema = { $schema, title: 'Panda run config', ...rest }
const text = `${JSON.stringify(schema, null, 2)}\n`

if (!process.argv.includes('--check')) writeFileSync(FILE, text)
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error('panda: docs/config.schema.json is out of date. Run scripts/config-schema.ts.')
  process.exitCode = 1
}
