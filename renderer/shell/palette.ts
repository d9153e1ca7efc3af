import { COMMAND_GROUPS } from './commands.ts'
import type { Command } from './commands.ts'

/** A stretch of the palette's list under one heading. */
export interface PaletteSection {
  readonly title: string
  readonly commands: readonly Command[]
}

/** How many of the commands used last come first. */
const MOST_RECENT = 5
/** More than a person reads; typing narrows it. */
const MOST_SHOWN = 60

const folded = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()

/**
 * How well a title answers what was typed: 0 not at all (a word of it is not there); more when a word starts
 * there, most when the whole title does.
 */
export function scoreOf(title: string, query: string): number {
  const text = folded(title)
  const typed = folded(query).trim()
  let score = text.startsWith(typed) ? 3 : 1
  for (const word of typed.split(/\s+/)) {
    const at = text.indexOf(word)
    if (at < 0) return 0
    const starts = at === 0 || /[\s:·/_-]/.test(text.charAt(at - 1))
    score += starts ? 1 : 0
  }
  return score
}

function grouped(commands: readonly Command[]): readonly PaletteSection[] {
  const sections = COMMAND_GROUPS.map((title) => ({
    title,
    commands: commands.filter(({ group }) => group === title),
  }))
  return sections.filter((section) => section.commands.length > 0)
}

/** What the palette lists: before typing the recent ones and then all by group; after it what fits, best first. */
export function listCommands(
  commands: readonly Command[],
  query: string,
  recent: readonly string[],
): readonly PaletteSection[] {
  if (query.trim() === '') {
    const loud = commands.filter(({ isQuiet }) => isQuiet !== true)
    const last = recent.flatMap((id) => commands.filter((command) => command.id === id))
    const others = loud.filter((command) => !last.includes(command))
    return [...(last.length > 0 ? [{ title: 'Recent', commands: last }] : []), ...grouped(others)]
  }
  const scored = commands
    .map((command) => ({ command, score: scoreOf(command.title, query) }))
    .filter(({ score }) => score > 0)
    // Of equals the shorter: more of it is what was typed.
    .toSorted((a, b) => b.score - a.score || a.command.title.length - b.command.title.length)
    .slice(0, MOST_SHOWN)
  const best = new Map<string, number>()
  for (const { command, score } of scored) {
    best.set(command.group, Math.max(best.get(command.group) ?? 0, score))
  }
  return grouped(scored.map(({ command }) => command)).toSorted(
    (a, b) => (best.get(b.title) ?? 0) - (best.get(a.title) ?? 0),
  )
}

/** The recent commands after one more was used, newest first. */
export const withRecent = (recent: readonly string[], id: string): readonly string[] =>
  [id, ...recent.filter((one) => one !== id)].slice(0, MOST_RECENT)
