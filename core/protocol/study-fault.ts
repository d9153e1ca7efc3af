import { describeIssues } from './config-fault.ts'
import type { ConfigFault } from './config-fault.ts'
import { shapeOf } from './config-schema.ts'
import { studyConfig } from './study.ts'

const STUDY = {
  shape: shapeOf(studyConfig),
  whole: 'the config',
  remedy: 'See docs/search.md for what it may hold.',
}

/** What is wrong with how the config of a study is written, first things first; null if nothing. */
export function findStudyFault(config: unknown): ConfigFault | null {
  const parsed = studyConfig.safeParse(config)
  return parsed.success ? null : (describeIssues(parsed.error.issues, config, STUDY)[0] ?? null)
}
