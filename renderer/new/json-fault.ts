/** What is wrong with a text as JSON, with its line where the engine says a position; null if nothing. */
export function jsonFaultOf(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const position = /position (\d+)/.exec(message)?.[1]
    if (position === undefined) return `This is not JSON yet: ${message}.`
    const before = text.slice(0, Number(position)).split('\n')
    const column = (before.at(-1)?.length ?? 0) + 1
    const reason = message.replace(/ in JSON at position.*$/s, '').replace(/ at position.*$/s, '')
    return `This is not JSON yet: line ${before.length}, column ${column}: ${reason}.`
  }
}
