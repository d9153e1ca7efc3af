/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const above = rows[i - 1]?.[j] ?? 0
      const left = row[j - 1] ?? 0
      const corner = rows[i - 1]?.[j - 1] ?? 0
      let best = Math.min(above + 1, left + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}

/** `lr` of `learning_rate`: an abbreviation says more than the letters that happen to be alike. */
const initialsOf = (name: string): string =>
  name
    .toLowerCase()
    .split(/[_\s-]+/)
    .map((part) => part.charAt(0))
    .join('')

/** The candidate that `word` was most likely meant to be, or null where none is close. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const typed = word.toLowerCase().replaceAll('-', '_').slice(0, 100)
  const abbreviated = candidates.find((one) => typed.length > 1 && initialsOf(one) === typed)
  if (abbreviated !== undefined) return abbreviated
  let best: string | null = null
  // A third of the letters may be wrong, and at least one: "los" → "loss", "leraning_rat" → "learning_rate".
  let limit = Math.max(1, Math.floor(typed.length / 3))
  for (const candidate of candidates) {
    const edits = distance(typed, candidate.toLowerCase().replaceAll('-', '_'))
    if (edits > limit || (edits === limit && best !== null)) continue
    best = candidate
    limit = edits
  }
  return best
}

/** `Did you mean "x"?`, or what there is to choose from. */
export function suggestion(word: string, candidates: readonly string[], offer: string): string {
  const meant = nearest(word, candidates)
  return meant === null ? offer : `Did you mean "${meant}"?`
}
