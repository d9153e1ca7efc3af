// `npm run bench [part …]`: measures what the documents claim, on the built app. Prints a table.
import { ensureBuilt } from '../scripts/build.ts'
import { benchClosing } from './closing.ts'
import { benchEventLoop } from './event-loop.ts'
import type { Row } from './scene.ts'
import { benchNudges, benchTraining } from './training.ts'

const PARTS: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  training: benchTraining,
  nudges: benchNudges,
  'event-loop': benchEventLoop,
  closing: benchClosing,
}

ensureBuilt()
const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(PARTS, name))
if (unknown !== undefined) {
  console.error(
    `panda: there is no benchmark "${unknown}". Choose of ${Object.keys(PARTS).join(', ')}.`,
  )
  process.exit(1)
}
console.log('| what | measured |\n|---|---|')
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  for (const { what, value } of await measure()) console.log(`| ${what} | ${value} |`)
}
