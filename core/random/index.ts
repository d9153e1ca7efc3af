import { philox } from './philox.ts'
import type { Block } from './philox.ts'

/** The last counter word keeps the draws of different kinds apart, whatever stream they share. */
const KIND = { number: 0, permutation: 1, word: 2 } as const

const TWO_32 = 2 ** 32

/** 53 bits of two words, as a number in [0, 1). */
const unitOf = (high: number, low: number): number =>
  ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53

const numberBlock = (seed: number, stream: number, counter: number): Block =>
  philox([counter >>> 0, Math.floor(counter / TWO_32) >>> 0, 0, KIND.number], [seed, stream])

/** Number `counter` of a uniform sequence on [0, 1). */
export function uniform(seed: number, stream: number, counter: number): number {
  const [w0, w1] = numberBlock(seed, stream, counter)
  return unitOf(w0, w1)
}

/** Number `counter` of a standard normal sequence (Box–Muller). */
export function normal(seed: number, stream: number, counter: number): number {
  const [w0, w1, w2, w3] = numberBlock(seed, stream, counter)
  const radius = Math.sqrt(-2 * Math.log(1 - unitOf(w0, w1))) // 1 − u lies in (0, 1]: log is finite
  return radius * Math.cos(2 * Math.PI * unitOf(w2, w3))
}

/** Number `counter` of a sequence of unsigned 32-bit words, all equally likely. */
export function word(seed: number, stream: number, counter: number): number {
  const high = Math.floor(counter / TWO_32) >>> 0
  return philox([counter >>> 0, high, 0, KIND.word], [seed, stream])[0]
}

/** The words of one (seed, stream, counter), one after another. */
function wordsOf(seed: number, stream: number, counter: number): () => number {
  let index = 0
  let block: Block = [0, 0, 0, 0]
  return () => {
    if (index % 4 === 0) block = philox([index / 4, 0, counter, KIND.permutation], [seed, stream])
    return block[index++ % 4] ?? 0
  }
}

/** Every order of 0 … n−1 is equally likely. A pure function of (seed, stream, counter): nothing to save. */
export function permutation(
  n: number,
  seed: number,
  stream: number,
  counter: number,
): Uint32Array<ArrayBuffer> {
  const nextWord = wordsOf(seed, stream, counter)
  const order = Uint32Array.from({ length: n }, (_, index) => index)
  for (let last = n - 1; last > 0; last--) {
    const bound = last + 1
    // Words past the largest multiple of the bound would favour small results: they are drawn again.
    const limit = TWO_32 - (TWO_32 % bound)
    let word = nextWord()
    while (word >= limit) word = nextWord()
    const chosen = word % bound
    const held = order[chosen] ?? 0
    order[chosen] = order[last] ?? 0
    order[last] = held
  }
  return order
}

/** A copy of `items` in a random order. */
export function shuffle<T>(
  items: readonly T[],
  seed: number,
  stream: number,
  counter: number,
): T[] {
  return Array.from(permutation(items.length, seed, stream, counter), (index) => items[index] as T)
}
