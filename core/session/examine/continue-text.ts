import type { Engine } from '../../engine/engine.ts'
import { PandaError } from '../../errors.ts'
import { uniform } from '../../random/index.ts'

/** The stream of the request's seed that draws characters. */
const DRAW_STREAM = 1

export interface TextRequest {
  readonly text: string
  readonly length: number
  readonly temperature: number
  readonly seed: number
}

/**
 * Goes on with a text, one character at a time: the same request to the same parameters gives the same
 * text. `context` is how many characters the network sees. A text that is shorter is filled up behind
 * its end, where a causal network does not look.
 * Throws `data/bad-value` for characters that the network never saw.
 */
export async function continueText(
  engine: Pick<Engine, 'predict' | 'plan'>,
  characters: readonly string[],
  context: number,
  { text, length, temperature, seed }: TextRequest,
): Promise<string> {
  const columns = engine.plan.outputShape.at(-1) ?? 1
  const ids = idsOf(text, characters)
  const written: string[] = []
  for (let count = 0; count < length; count++) {
    const seen = ids.slice(-context)
    const x = new Float32Array(context)
    x.set(seen)
    const outputs = await engine.predict({ count: 1, x, labels: null, targets: null })
    const last = seen.length - 1
    const logits = outputs.subarray(last * columns, (last + 1) * columns)
    const id = draw(logits, temperature, uniform(seed, DRAW_STREAM, count))
    ids.push(id)
    written.push(characters[id] ?? '')
  }
  return written.join('')
}

/** The ids of a text's characters; of an empty one, that of a line's end, where a text may begin. */
function idsOf(text: string, characters: readonly string[]): number[] {
  const known = new Map(characters.map((character, id) => [character, id]))
  if (text === '') return [known.get('\n') ?? 0]
  return Array.from(text, (character) => {
    const id = known.get(character)
    if (id !== undefined) return id
    throw new PandaError(
      'data/bad-value',
      `the text holds ${JSON.stringify(character)}, which is not in what this run learned from`,
      'Leave it out.',
    )
  })
}

/** One class, drawn by softmax(logits / temperature); the likeliest at temperature 0. `u` is uniform in [0, 1). */
export function draw(logits: Float32Array, temperature: number, u: number): number {
  const highest = Math.max(...logits)
  if (temperature === 0) return logits.indexOf(highest)
  const weights = Array.from(logits, (logit) => Math.exp((logit - highest) / temperature))
  let left = u * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [id, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return id
  }
  return logits.indexOf(highest) // rounding used up what was left
}
