import { describe, expect, test } from 'vitest'
import { planNetwork } from '../../../core/nn/plan.ts'
import { runConfig } from '../../../core/protocol/config.ts'
import { continueText, draw } from '../../../core/session/examine/continue-text.ts'

const CHARACTERS = ['\n', 'a', 'b', 'c']
const CONTEXT = 3
const { network } = runConfig.parse({
  data: { sample: 'sonnets', context: CONTEXT },
  network: {
    layers: [
      { type: 'embedding', units: 4 },
      { type: 'dense', units: 4 },
    ],
  },
  loss: 'sparse_categorical_cross_entropy',
})

/** Surely goes on with the next letter of the alphabet, and round. Keeps what it was shown. */
function alphabet() {
  const seen: number[][] = []
  return {
    seen,
    plan: planNetwork(network, { shape: [CONTEXT], vocabulary: CHARACTERS.length }),
    predict: ({ x }: { readonly x: Float32Array }) => {
      seen.push([...x])
      const logits = new Float32Array(CONTEXT * CHARACTERS.length).fill(-50)
      x.forEach((id, at) => (logits[at * CHARACTERS.length + ((id % 3) + 1)] = 50))
      return Promise.resolve(logits)
    },
  }
}
const request = { text: 'a', length: 5, temperature: 1, seed: 1 }

describe('going on with a text', () => {
  test('takes each next character from what the network says at the last place', async () => {
    const engine = alphabet()

    const text = await continueText(engine, CHARACTERS, CONTEXT, request)

    expect(text).toBe('bcabc')
    expect(engine.seen).toEqual([
      [1, 0, 0],
      [1, 2, 0],
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
    ])
  })

  test('begins an empty text as after the end of a line', async () => {
    const engine = alphabet()

    await continueText(engine, CHARACTERS, CONTEXT, { ...request, text: '', length: 1 })

    expect(engine.seen).toEqual([[0, 0, 0]])
  })

  test('refuses characters that the network never saw', async () => {
    await expect(
      continueText(alphabet(), CHARACTERS, CONTEXT, { ...request, text: 'a!' }),
    ).rejects.toMatchObject({ code: 'data/bad-value' })
  })
})

describe('a draw', () => {
  const logits = Float32Array.of(0, Math.log(3))

  test('falls on classes in proportion to their probability', () => {
    const drawn = Array.from({ length: 8 }, (_, index) => draw(logits, 1, index / 8))

    expect(drawn).toEqual([0, 0, 1, 1, 1, 1, 1, 1])
  })

  test('is more even at a high temperature, and sure at none', () => {
    const drawn = (temperature: number) =>
      Array.from({ length: 8 }, (_, index) => draw(logits, temperature, index / 8))

    expect(drawn(1e6).filter((id) => id === 0)).toHaveLength(4)
    expect(drawn(0).every((id) => id === 1)).toBe(true)
  })
})
