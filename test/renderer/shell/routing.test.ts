import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RUN_PAGES, STUDY_PAGES, addressOf, parseRoute } from '../../../renderer/shell/routing.ts'
import type { Route } from '../../../renderer/shell/routing.ts'

const name = fc.string({ minLength: 1, unit: 'grapheme' })
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>(
    { view: 'home' },
    { view: 'new' },
    { view: 'settings' },
    { view: 'search' },
  ),
  fc.record({ view: fc.constant('run' as const), run: name, page: fc.constantFrom(...RUN_PAGES) }),
  fc.record({
    view: fc.constant('study' as const),
    study: name,
    page: fc.constantFrom(...STUDY_PAGES),
  }),
  fc.record({ view: fc.constant('search' as const), from: name }),
)

test('every place has an address that leads back to it', () => {
  fc.assert(
    fc.property(route, (place) => {
      expect(parseRoute(addressOf(place))).toEqual(place)
    }),
  )
})

test('a study’s first page is its watch page', () => {
  expect(parseRoute('#/study/digits%20bayes')).toEqual({
    view: 'study',
    study: 'digits bayes',
    page: 'watch',
  })
  expect(addressOf({ view: 'search', from: 'two moons' })).toBe('#/search/from/two%20moons')
})

test.each(['', '#/nowhere', '#/study/', '#/study/a/vitals', '#/run/%zz', '#/search/from/'])(
  'what leads nowhere is home: "%s"',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'home' })
  },
)
