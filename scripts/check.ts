// `npm run check`: format, lint, types, unused code.
import { STATIC_CHECKS, runPart, summarise } from './parts.ts'
import type { Outcome } from './parts.ts'

const outcomes: Outcome[] = []
for (const part of STATIC_CHECKS) outcomes.push(await runPart(part))
process.exitCode = summarise(outcomes)
