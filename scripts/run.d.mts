/** The path of a Node ≥ 22.18, or null where there is none. */
export function findNode(): string | null
/** Runs `script` (from the project's root) and ends as it ends. Signals are passed on. */
export function runScript(script: string, args: readonly string[]): void
