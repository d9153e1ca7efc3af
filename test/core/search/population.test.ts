import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Point, Scalar, SearchSpace } from '../../../core/protocol/space.ts'
import { choosePopulation, isFounding, isLive, perturbed } from '../../../core/search/population.ts'
import type { Breeding, Member } from '../../../core/search/population.ts'
import { pathsOf, placeOf, pointAt } from '../../../core/search/space.ts'

const SPACE: SearchSpace = {
  'hyperparameters.learning_rate': { type: 'real', low: 1e-5, high: 1 },
  'hyperparameters.beta1': { type: 'real', low: 0.5, high: 0.999 },
  'hyperparameters.batch_size': { type: 'integer', low: 1, high: 256, scale: 'logarithmic' },
  'hyperparameters.dropout': { type: 'choice', values: [0, 0.2, 0.5] },
  'network.layers.0.units': { type: 'integer', low: 4, high: 64 },
  'network.layers.0.slope': { type: 'real', low: 0.01, high: 0.3 },
  optimizer: { type: 'choice', values: ['adam', 'momentum'] },
  'hyperparameters.momentum': {
    type: 'real',
    low: 0.5,
    high: 0.99,
    when: { optimizer: ['momentum'] },
  },
}
const PATHS = pathsOf(SPACE)

const unit = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  minLength: PATHS.length,
  maxLength: PATHS.length,
})
const seed = fc.integer({ min: 0, max: 0xffff_ffff })

function expectInside(point: Point): void {
  for (const [path, value] of Object.entries(point)) {
    const dimension = SPACE[path]
    if (dimension === undefined) throw new Error(`${path} is not searched`)
    if (dimension.type === 'choice') expect(dimension.values).toContain(value)
    else {
      expect(value).toBeGreaterThanOrEqual(dimension.low)
      expect(value).toBeLessThanOrEqual(dimension.high)
      if (dimension.type === 'integer') expect(Number.isInteger(value)).toBe(true)
    }
  }
}

describe('a changed copy', () => {
  test('lies in the space, and has all but its hyperparameters from its parent', () => {
    fc.assert(
      fc.property(unit, seed, fc.integer({ min: 1, max: 1e6 }), (at, seed, trial) => {
        const parent = pointAt(SPACE, at)

        const child = perturbed(SPACE, parent, seed, trial)

        expectInside(child)
        expect(Object.keys(child).toSorted()).toEqual(Object.keys(parent).toSorted())
        for (const [path, value] of Object.entries(parent)) {
          if (!isLive(path)) expect(child[path]).toBe(value)
        }
        expect(perturbed(SPACE, parent, seed, trial)).toEqual(child)
      }),
    )
  })

  test('mostly moves a tenth of the range on its own scale, now and then anywhere', () => {
    const path = 'hyperparameters.learning_rate'
    const dimension = SPACE[path]
    if (dimension === undefined) throw new Error('no such dimension')
    const parent = {
      ...pointAt(
        SPACE,
        PATHS.map(() => 0.5),
      ),
      [path]: 10 ** -2.5,
    }

    const moves = Array.from({ length: 5_000 }, (_, i) => {
      const to = perturbed(SPACE, parent, 1, i + 1)[path] ?? Number.NaN
      return placeOf(path, dimension, to) - 0.5
    })

    const count = (fits: (move: number) => boolean) => moves.filter(fits).length / moves.length
    expect(count((move) => Math.abs(move - 0.1) < 1e-9)).toBeCloseTo(0.45, 1)
    expect(count((move) => Math.abs(move + 0.1) < 1e-9)).toBeCloseTo(0.45, 1)
    expect(count((move) => Math.abs(Math.abs(move) - 0.1) > 1e-9)).toBeCloseTo(0.1, 1)
  })

  test('moves by a whole number and a choice at least, and turns round at an end', () => {
    const space: SearchSpace = {
      'hyperparameters.batch_size': { type: 'integer', low: 1, high: 4 },
      'hyperparameters.dropout': { type: 'choice', values: [0, 0.5] },
      'hyperparameters.l2': { type: 'real', low: 0, high: 1, scale: 'linear' },
    }
    const parent = {
      'hyperparameters.batch_size': 4,
      'hyperparameters.dropout': 0.5,
      'hyperparameters.l2': 1,
    }

    const children = Array.from({ length: 200 }, (_, i) => perturbed(space, parent, 2, i + 1))

    const share = (path: string, value: Scalar) =>
      children.filter((child) => child[path] === value).length / children.length
    expect(share('hyperparameters.batch_size', 3)).toBeGreaterThan(0.85)
    expect(share('hyperparameters.dropout', 0)).toBeGreaterThan(0.85)
    expect(share('hyperparameters.l2', 0.9)).toBeGreaterThan(0.8)
  })

  test('keeps what is no longer searched, and draws a hyperparameter that is new in the space', () => {
    const parent = { 'hyperparameters.beta1': 0.8, optimizer: 'adam' }
    const space: SearchSpace = {
      'hyperparameters.learning_rate': { type: 'real', low: 1e-5, high: 1 },
      'network.layers.0.units': { type: 'integer', low: 4, high: 64 },
    }

    const child = perturbed(space, parent, 3, 9)

    expect(child).toEqual({
      ...parent,
      'hyperparameters.learning_rate': expect.any(Number) as number,
    })
  })
})

const LIVES = ['living', 'living', 'living', 'living', 'diverged', 'gone'] as const

/** Plays a population to its end; each member comes to a value of its own at each rung, or fails. */
function play(breeding: Breeding, rungs: number, places: number, fate: (key: number) => number) {
  const members: Member[] = []
  const running: number[] = []
  const log: unknown[] = []
  const put = (member: Member) => (members[member.trial - 1] = member)
  const finish = () => {
    // Whoever ends first: not always the one that began first.
    const [trial = 0] = running.splice(running.length > 1 ? members.length % 2 : 0, 1)
    const member = members[trial - 1]
    if (member === undefined) throw new Error('nobody runs')
    const draw = fate(trial * 1_000 + member.measured.length)
    const life = LIVES[Math.floor(draw * 1e6) % LIVES.length] ?? 'living'
    const measured = [...member.measured, life === 'diverged' ? Infinity : draw]
    const now = life === 'living' && measured.length === rungs ? 'gone' : life
    put({ ...member, life: now, measured, isRunning: false })
  }
  for (let turn = 0; turn < 10_000; turn++) {
    const choice = running.length < places ? choosePopulation(breeding, members) : null
    const living = members.filter(({ life }) => life === 'living').length
    expect(living).toBeLessThanOrEqual(breeding.size)
    if (choice?.kind === 'found') {
      const trial = members.length + 1
      const point = pointAt(
        breeding.space,
        PATHS.map((_, d) => fate(trial * 77 + d)),
      )
      put({ trial, point, measured: [], born: 0, life: 'living', isRunning: false })
    } else if (choice?.kind === 'train') {
      const member = members[choice.trial - 1]
      if (member === undefined || member.isRunning) throw new Error('cannot train')
      put({ ...member, isRunning: true })
      running.push(choice.trial)
    } else if (choice?.kind === 'exchange') {
      const { rung } = choice
      const lost = members.filter(
        ({ life, measured }) => life === 'diverged' && measured.length === rung,
      )
      expect(running).toEqual([])
      expect(choice.children.length).toBeGreaterThanOrEqual(lost.length)
      expect(choice.children.length - choice.replaced.length).toBe(lost.length)
      for (const trial of choice.replaced) {
        const member = members[trial - 1]
        if (member?.life !== 'living') throw new Error('cannot be replaced')
        put({ ...member, life: 'gone' })
      }
      log.push(choice)
      for (const { trial, parent, point } of choice.children) {
        const from = members[parent - 1]
        if (from?.life !== 'living') throw new Error('cannot be copied')
        const { measured } = from
        put({ trial, point, measured, born: choice.rung, life: 'living', isRunning: false })
      }
    } else if (running.length > 0) finish()
    else {
      expect(choice?.kind).toBe('none')
      return { members, log }
    }
  }
  throw new Error('it never ends')
}

describe('a population', () => {
  const breedings = fc.record({
    size: fc.integer({ min: 2, max: 12 }),
    share: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    space: fc.constant(SPACE),
    seed,
  })
  const fateOf = (seed: number) => (key: number) => {
    const x = Math.sin(key * 12.9898 + seed * 1e-3) * 43758.5453
    return x - Math.floor(x)
  }

  test('ends, is never larger than asked for, copies no one that left, and fills the places of those that diverged', () => {
    fc.assert(
      fc.property(breedings, fc.integer({ min: 1, max: 6 }), (breeding, rungs) => {
        const { members } = play(breeding, rungs, 3, fateOf(breeding.seed))

        expect(members.filter(({ born }) => born === 0)).toHaveLength(breeding.size)
        for (const { point } of members) expectInside(point)
        expect(members.every(({ life }) => life !== 'living')).toBe(true)
      }),
    )
  })

  test('comes to the same exchanges however many train at once', () => {
    fc.assert(
      fc.property(breedings, fc.integer({ min: 2, max: 5 }), (breeding, places) => {
        const one = play(breeding, 4, 1, fateOf(breeding.seed))
        const many = play(breeding, 4, places, fateOf(breeding.seed))

        expect(many).toEqual(one)
      }),
    )
  })

  const member = (trial: number, value: number, more: Partial<Member> = {}): Member => ({
    trial,
    point: pointAt(
      SPACE,
      PATHS.map(() => 0.5),
    ),
    measured: [value],
    born: 0,
    life: 'living',
    isRunning: false,
    ...more,
  })
  const eight: Breeding = { size: 8, share: 0.25, space: SPACE, seed: 1 }
  const values = [5, 3, 8, 1, 7, 2, 6, 4]

  test('the worst quarter gives way to copies of the best quarter', () => {
    const choice = choosePopulation(
      eight,
      values.map((value, i) => member(i + 1, value)),
    )

    if (choice.kind !== 'exchange') throw new Error(choice.kind)
    expect(choice.rung).toBe(1)
    expect(choice.replaced.toSorted()).toEqual([3, 5])
    expect(choice.children.map(({ trial }) => trial)).toEqual([9, 10])
    for (const { parent } of choice.children) expect([4, 6]).toContain(parent)
  })

  test('those that diverged are the worst: their places go to copies, even more than a quarter', () => {
    const lost = [1, 2, 3].map((trial) => member(trial, Infinity, { life: 'diverged' }))
    const rest = [4, 5, 6, 7, 8].map((trial) => member(trial, trial))

    const choice = choosePopulation(eight, [...lost, ...rest])

    expect(choice).toMatchObject({ kind: 'exchange', replaced: [] })
    if (choice.kind === 'exchange') expect(choice.children).toHaveLength(3)
  })

  test('no copy is trained twice: none is its parent, and none another copy of it', () => {
    const space: SearchSpace = {
      'hyperparameters.learning_rate': { type: 'real', low: 1e-5, high: 1 },
    }
    const point = pointAt(space, [0.5])
    const all = Array.from({ length: 16 }, (_, i) => member(i + 1, i, { point }))
    fc.assert(
      fc.property(seed, (seed) => {
        const choice = choosePopulation({ size: 16, share: 0.25, space, seed }, all)

        if (choice.kind !== 'exchange') throw new Error(choice.kind)
        const copies = choice.children.map(
          (child) => `${child.parent} ${JSON.stringify(child.point)}`,
        )
        expect(new Set(copies).size).toBe(4)
        expect(choice.children.map((child) => child.point)).not.toContainEqual(point)
      }),
    )
  })

  test('waits for the last one on its way, and ends where all diverged', () => {
    const all = values.map((value, i) => member(i + 1, value))
    const late = all.with(7, member(8, 0, { measured: [], isRunning: true }))
    const lost = all.map((one) => ({ ...one, life: 'diverged' as const }))

    expect(choosePopulation(eight, late)).toEqual({ kind: 'wait' })
    expect(choosePopulation(eight, lost)).toEqual({ kind: 'none' })
  })

  test('a last survivor trains on by itself', () => {
    const gone = values.map((value, i) => member(i + 1, value, i === 0 ? {} : { life: 'gone' }))

    expect(choosePopulation(eight, gone)).toEqual({ kind: 'train', trial: 1 })
  })

  test('others may join until the first comparison', () => {
    const at = (rung: number) => ({ isLiving: true, rung, isCopy: false })
    const ended = { ...at(1), isLiving: false }

    expect(isFounding([])).toBe(true)
    expect(isFounding([at(1), at(0)])).toBe(true)
    expect(isFounding([at(1), at(1)])).toBe(false)
    expect(isFounding([ended, ended])).toBe(true)
    expect(isFounding([ended, { ...ended, rung: 3, isCopy: true }])).toBe(false)
  })
})
