/** A message that was written to follow "panda: ", as a sentence of its own. */
export function sentence(message: string): string {
  const start = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?…]$/.test(start) ? start : `${start}.`
}
