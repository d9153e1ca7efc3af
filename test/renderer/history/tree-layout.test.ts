import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { neighbourOf, treeOf } from '../../../renderer/history/tree-layout.ts'
import type { Tree, TreeLabel } from '../../../renderer/history/tree-layout.ts'
import { dayCardsOf } from '../../../renderer/run/lineage.ts'
import { FakeRun } from '../fake-run.ts'

type Deed =
  | { readonly kind: 'train'; readonly steps: number }
  | { readonly kind: 'back'; readonly to: number; readonly reason: string | null }

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant('train' as const), steps: fc.integer({ min: 1, max: 500 }) }),
  fc.record({
    kind: fc.constant('back' as const),
    to: fc.nat(),
    reason: fc.option(fc.string({ maxLength: 90 })),
  }),
)

function livedThrough(deeds: readonly Deed[]): FakeRun {
  const run = new FakeRun('digits')
  for (const one of deeds) {
    if (one.kind === 'train') run.train(one.steps, 125)
    else {
      const { checkpoints } = run.snapshot
      const target = checkpoints[one.to % checkpoints.length]
      if (target !== undefined) run.rollback(target, one.reason, 'rollback')
    }
  }
  return run
}

const history = fc.tuple(
  fc.array(deed, { maxLength: 14 }).map(livedThrough),
  fc.integer({ min: 320, max: 1_800 }),
)
const drawn = ([{ snapshot }, width]: readonly [FakeRun, number]) => ({
  snapshot,
  tree: treeOf(snapshot, dayCardsOf(snapshot), width),
})
const check = (property: (given: ReturnType<typeof drawn>) => void) =>
  fc.assert(
    fc.property(history, (given) => property(drawn(given))),
    { numRuns: 60 },
  )

const overlap = (a: TreeLabel, b: TreeLabel) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe('the tree of branches, whatever the history', () => {
  test('every branch has a lane of its own', () => {
    check(({ snapshot, tree }) => {
      const lanes = new Set(tree.lanes.map(({ y }) => y))

      expect(lanes.size).toBe(snapshot.branches.length)
      expect(new Set(tree.lanes.map(({ branch }) => branch.branch)).size).toBe(lanes.size)
    })
  })

  test('a fork leaves the line of its parent at the step of the fork', () => {
    check(({ tree }) => {
      for (const { branch, fromX, parentY } of tree.lanes) {
        const parent = tree.lanes.find((lane) => lane.branch.branch === branch.parent)

        expect(parentY).toBe(parent?.y ?? null)
        expect(fromX).toBe(tree.xOf(branch.forkStep))
        if (parent === undefined) continue
        expect(fromX).toBeGreaterThanOrEqual(parent.fromX)
        expect(fromX).toBeLessThanOrEqual(parent.toX)
      }
    })
  })

  test('the way down to a fork crosses no other branch', () => {
    check(({ tree }) => {
      for (const lane of tree.lanes) {
        const between = tree.lanes.filter(
          ({ y }) => lane.parentY !== null && y > lane.parentY && y < lane.y,
        )
        for (const other of between) expect(other.fromX).toBeGreaterThanOrEqual(lane.fromX)
      }
    })
  })

  test('no two labels overlap and none leaves the drawing', () => {
    check(({ tree: { labels, width, height } }) => {
      labels.forEach((label, i) => {
        expect(labels.slice(i + 1).filter((other) => overlap(label, other))).toEqual([])
        expect(label.x).toBeGreaterThanOrEqual(0)
        expect(label.x + label.width).toBeLessThanOrEqual(width)
        expect(label.y + label.height).toBeLessThanOrEqual(height)
      })
    })
  })

  test('arrow keys reach every point from now', () => {
    check(({ tree }) => {
      expect(reachable(tree).size).toBe(tree.points.length)
    })
  })

  test('now is marked once, and each closed day stands where it ended', () => {
    check(({ snapshot, tree }) => {
      expect(tree.points.filter(({ kind }) => kind === 'now')).toHaveLength(1)
      const days = tree.points.filter(({ kind }) => kind === 'day')
      expect(days).toHaveLength(snapshot.days.length)
      for (const { x, card } of days) expect(x).toBe(tree.xOf(card?.toStep ?? -1))
    })
  })
})

function reachable(tree: Tree): ReadonlySet<string> {
  const seen = new Set(['now'])
  const open = tree.points.filter(({ key }) => key === 'now')
  for (let point = open.pop(); point !== undefined; point = open.pop()) {
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
      const next = neighbourOf(tree, point, key)
      if (next === undefined || seen.has(next.key)) continue
      seen.add(next.key)
      open.push(next)
    }
  }
  return seen
}

test('where hundreds of days have no room for their numbers, the best is told and the others apart', () => {
  const run = new FakeRun('digits')
  run.train(125 * 300, 125)
  const tree = treeOf(run.snapshot, dayCardsOf(run.snapshot), 600)

  const numbers = tree.labels.filter(({ kind }) => kind === 'day')

  expect(numbers.length).toBeGreaterThan(50)
  expect(numbers.length).toBeLessThan(300)
  expect(numbers.filter(({ text }) => text.endsWith(' best'))).toHaveLength(1)
  const apart = numbers.toSorted((a, b) => a.x - b.x)
  apart.slice(1).forEach((label, i) => {
    const before = apart[i]
    expect(label.x - ((before?.x ?? 0) + (before?.width ?? 0))).toBeGreaterThan(7.9)
  })
})

test('Left from the start of a branch goes to what it forked from', () => {
  const run = new FakeRun('digits')
  run.train(500)
  run.rollback(run.targetOf('2'), null, 'rollback')
  run.train(125)
  const tree = treeOf(run.snapshot, dayCardsOf(run.snapshot), 800)
  const day3 = tree.points.find(({ key }) => key === 'b2:3')

  const parent = day3 && neighbourOf(tree, day3, 'ArrowLeft')

  expect(parent?.key).toBe('b1:3')
})

test('an end is a ghost where steps were left behind, and none where the history went on from it', () => {
  const run = new FakeRun('digits')
  run.train(300)
  const { checkpoint } = run.checkpoint('asked')
  run.rollback(run.targetOf(checkpoint), null, 'rollback')
  run.train(60)
  run.rollback(run.targetOf('2'), null, 'rollback')
  const ends = () =>
    treeOf(run.snapshot, dayCardsOf(run.snapshot), 800)
      .points.filter(({ kind }) => kind === 'tip')
      .map(({ branch, isGhost }) => [branch, isGhost])
  expect(ends()).toEqual([
    ['b1', true],
    ['b2', true],
  ])

  run.rollback(run.targetOf(run.snapshot.checkpoints.at(-1)?.checkpoint ?? ''), null, 'rollback')

  expect(ends()).toContainEqual(['b3', false])
})
