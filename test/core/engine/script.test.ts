import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createOptimizer, read } from '../../../core/engine/script.ts'
import { OPTIMIZER_NAMES } from '../../../core/protocol/hyperparameters.ts'
import {
  add,
  gather,
  log,
  mul,
  reshape,
  scale,
  slice,
  sub,
  sum,
  sumSquares,
} from '../../../core/tape/functions.ts'
import { GradientTape } from '../../../core/tape/tape.ts'

/** J(w) = w² − 10w + 25, smallest at 5. */
function parabola() {
  const tape = new GradientTape()
  const w = tape.variable(0)
  return { tape, w, cost: add(sub(mul(w, w), scale(w, 10)), tape.constant(25)) }
}

describe('minimising from a script', () => {
  test('a step answers the cost before it and moves the variable', async () => {
    const { w, cost } = parabola()
    const optimizer = createOptimizer('gradient_descent', { learning_rate: 0.25 })

    const costs = [await optimizer.minimize(cost, [w]), await optimizer.minimize(cost, [w])]

    expect(costs).toEqual([25, 6.25])
    expect(await read(w)).toBe(3.75)
    expect(await read(cost)).toBe(1.5625)
  })

  test.each(OPTIMIZER_NAMES)('%s finds the bottom of a bowl', async (name) => {
    const tape = new GradientTape()
    const w = tape.variable([3, -2, 1], [3])
    const optimizer = createOptimizer(name, { learning_rate: 0.05 })

    const bowl = sumSquares(w)

    for (let step = 0; step < 400; step++) await optimizer.minimize(bowl, [w])

    expect(await read(bowl)).toBeLessThan(0.02)
  })

  test('coefficients fed as data give the same steps as constants', async () => {
    const { tape, w, cost } = parabola()
    const x = tape.input('x', [3])
    const at = (place: number) => reshape(slice(x, 0, place, 1), [])
    const u = tape.variable(0)
    const fed = add(add(mul(at(0), mul(u, u)), mul(at(1), u)), at(2))
    const [one, other] = [createOptimizer('adam'), createOptimizer('adam')]

    for (let step = 0; step < 5; step++) {
      await one.minimize(cost, [w])
      await other.minimize(fed, [u], { x: [1, -10, 25] })
    }

    expect(await read(u)).toBeCloseTo((await read(w)) as number, 6)
    expect(await read(u)).not.toBe(0)
  })

  test('gradients brought along make the same step as minimising does', async () => {
    const [a, b] = [parabola(), parabola()]
    const [one, other] = [createOptimizer('adam'), createOptimizer('adam')]
    const [g] = b.tape.gradient(b.cost, [b.w])

    for (let step = 0; step < 3; step++) {
      await one.minimize(a.cost, [a.w])
      await other.applyGradients([[await read(g!), b.w]])
    }

    expect(await read(b.w)).toBe(await read(a.w))
  })

  test('moments belong to a variable, whichever cost and company it is trained in', async () => {
    const tape = new GradientTape()
    const [w, u] = [tape.variable(2), tape.variable(3)]
    const alone = mul(w, w)
    const both = add(mul(w, w), mul(u, u))
    const control = new GradientTape()
    const c = control.variable(2)
    const [mixed, plain] = [createOptimizer('adam'), createOptimizer('adam')]
    const square = mul(c, c)

    await mixed.minimize(alone, [w])
    await mixed.minimize(both, [u, w])
    await mixed.minimize(alone, [w])
    for (let step = 0; step < 3; step++) await plain.minimize(square, [c])

    expect(await read(w)).toBe(await read(c))
    expect(await read(u)).toBeCloseTo(2.999, 6)
  })

  test('clip_norm holds all gradients of a step together', async () => {
    const tape = new GradientTape()
    const [w, u] = [tape.variable(3), tape.variable(4)]
    const cost = scale(add(mul(w, w), mul(u, u)), 0.5)
    const optimizer = createOptimizer('gradient_descent', { learning_rate: 1, clip_norm: 1 })

    await optimizer.minimize(cost, [w, u])

    expect(await read(w)).toBeCloseTo(3 - 0.6, 5)
    expect(await read(u)).toBeCloseTo(4 - 0.8, 5)
  })

  test('a nudge holds from the next step on', async () => {
    const { w, cost } = parabola()
    const optimizer = createOptimizer('gradient_descent', { learning_rate: 0 })

    await optimizer.minimize(cost, [w])
    const before = await read(w)
    optimizer.nudge({ learning_rate: 0.5 })
    await optimizer.minimize(cost, [w])

    expect([before, await read(w)]).toEqual([0, 5])
    expect(optimizer.hyperparameters).toEqual({ learning_rate: 0.5, clip_norm: 0 })
  })

  test('inputs that a cost does without need not be fed', async () => {
    const { tape, w, cost } = parabola()
    tape.input('unused', [2])

    const before = await createOptimizer('adam').minimize(cost, [w])

    expect(before).toBe(25)
  })

  test('whole numbers choose what they are the index of', async () => {
    const tape = new GradientTape()
    const rows = tape.variable([1, 2, 3, 4], [2, 2])
    const ids = tape.input('ids', [2, 1], 'int')

    expect(await read(gather(rows, ids), { ids: [1, 0] })).toEqual(Float32Array.of(2, 3))
  })
})

describe('a script that goes wrong is told what to do', () => {
  test('an input that is not fed, or fed too little', async () => {
    const { tape, w, cost } = parabola()
    const x = tape.input('x', [2, 3])
    const optimizer = createOptimizer('adam')
    const total = add(cost, reshape(sum(x, [0, 1]), []))

    await expect(optimizer.minimize(total, [w])).rejects.toMatchObject({
      code: 'data/bad-value',
      message: 'the input x is not fed',
      remedy: 'Feed it 2 × 3 numbers: { x: … }.',
    })
    await expect(optimizer.minimize(total, [w], { x: [1, 2] })).rejects.toMatchObject({
      code: 'data/bad-value',
      message: 'the input x takes 2 × 3 numbers, and was given 2',
    })
    expect(await read(w)).toBe(0)
  })

  test('an input that does not exist', async () => {
    const { tape, w, cost } = parabola()
    const total = add(cost, tape.input('x', []))
    const fed = createOptimizer('adam').minimize(total, [w], { x: 1, y: 2 })

    await expect(fed).rejects.toMatchObject({ code: 'data/bad-value', remedy: 'It takes x.' })
  })

  test('a fraction where an index belongs', async () => {
    const tape = new GradientTape()
    const ids = tape.input('ids', [1, 1], 'int')
    const chosen = gather(tape.variable([1, 2], [1, 2]), ids)

    await expect(read(chosen, { ids: 0.5 })).rejects.toMatchObject({ code: 'data/bad-value' })
  })

  test('a cost of many numbers, a variable of another tape, none at all, one twice', async () => {
    const { tape, w, cost } = parabola()
    const optimizer = createOptimizer('adam')
    const many = tape.variable([1, 2], [2])
    const foreign = new GradientTape().variable(1)

    const attempts = [
      optimizer.minimize(many, [many]),
      optimizer.minimize(cost, [foreign]),
      optimizer.minimize(cost, []),
      optimizer.minimize(cost, [w, w]),
    ]

    for (const attempt of attempts) {
      await expect(attempt).rejects.toMatchObject({
        code: 'engine/invalid-model',
        remedy: expect.any(String) as string,
      })
    }
  })

  test('a cost or a gradient that is not finite moves nothing, moments neither', async () => {
    const tape = new GradientTape()
    const w = tape.variable(0)
    const x = tape.input('x', [])
    const infinite = log(mul(w, x))
    const [steady, control] = [createOptimizer('adam'), createOptimizer('adam')]
    const c = tape.variable(0)

    await expect(steady.minimize(infinite, [w], { x: 1 })).rejects.toMatchObject({
      code: 'engine/failed',
      message: 'the cost is -Infinity; the step was not taken',
    })
    await expect(steady.applyGradients([[NaN, w]])).rejects.toMatchObject({ code: 'engine/failed' })
    await steady.applyGradients([[1, w]])
    await control.applyGradients([[1, c]])

    expect(await read(w)).toBe(await read(c))
  })

  test('a gradient of another length than its variable', async () => {
    const w = new GradientTape().variable([1, 2], [2])
    const applied = createOptimizer('adam').applyGradients([[[1, 2, 3], w]])

    await expect(applied).rejects.toMatchObject({ code: 'data/bad-value' })
  })

  test('a hyperparameter that the optimizer lacks, or a value it cannot have', () => {
    const optimizer = createOptimizer('adam')

    expect(() => createOptimizer('adam', { momentum: 0.9 })).toThrow('momentum')
    expect(() => optimizer.nudge({ beta1: 1 })).toThrow('beta1 must be below 1')
    expect(optimizer.hyperparameters.beta1).toBe(0.9)
  })
})

describe('examples/gradient-tape.ts', () => {
  test('prints w ≈ 0.1 after one step and w ≈ 5 after a thousand, with data fed too', async () => {
    const example = path.resolve(import.meta.dirname, '../../../examples/gradient-tape.ts')

    const { stdout } = await promisify(execFile)(process.execPath, [example])

    const numbers = [...stdout.matchAll(/w = (-?[\d.e-]+)/g)].map(([, number]) => Number(number))
    expect(numbers).toHaveLength(4)
    const [first, last, firstOfData, lastOfData] = numbers
    for (const number of [first, firstOfData]) expect(number).toBeCloseTo(0.1, 4)
    for (const number of [last, lastOfData]) expect(number).toBeCloseTo(5, 2)
  })
})
