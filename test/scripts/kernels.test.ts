import { expect, test } from 'vitest'
import { compileKernels, readKernels } from '../../scripts/build-kernels.ts'

test('the committed kernels are what their source compiles to', async () => {
  const { compiled, committed } = await readKernels()

  expect(committed).toBe(compiled)
})

test('a mistake in the source is told with its line', async () => {
  await expect(compileKernels('(module\n  (func (f32.add)))')).rejects.toThrow('kernels.wat:2')
})
