import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import ClassTable from '../../../renderer/examine/ClassTable.vue'
import { evaluation } from './examined.ts'

test('a click on a head sorts the classes by it, and says so', async () => {
  const view = mount(ClassTable, { props: { perClass: evaluation().perClass ?? [] } })
  const order = () => view.findAll('tbody th').map((one) => one.text())
  const head = view.findAll('thead th').find((one) => one.text() === 'Precision')

  await head?.get('button').trigger('click')
  expect(order()).toEqual(['dog', 'cat', 'owl'])
  expect(head?.attributes('aria-sort')).toBe('ascending')
  await head?.get('button').trigger('click')

  expect(order()).toEqual(['owl', 'cat', 'dog'])
  expect(head?.attributes('aria-sort')).toBe('descending')
})
