import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runConfig } from '../../core/protocol/config.ts'
import type { EvaluationReply, Mistake, PredictionReply } from '../../core/protocol/examine.ts'
import { config, fakeHost, panda, snapshot } from './fake-host.ts'

const now = { branch: 'b1', step: 125, checkpoint: null } as const

const evaluation: EvaluationReply = {
  ...now,
  on: 'dev',
  examples: 3,
  cost: 0.5,
  dataCost: 0.25,
  accuracy: 2 / 3,
  error: 1 / 3,
  classNames: ['cat', 'dog'],
  confusion: [
    [1, 1],
    [0, 1],
  ],
  perClass: [
    { class: 'cat', precision: 1, recall: 0.5, count: 2 },
    { class: 'dog', precision: 0.5, recall: null, count: 1 },
  ],
  rmse: null,
  mae: null,
  mistakes: null,
}

const regression: EvaluationReply = {
  ...evaluation,
  accuracy: null,
  error: null,
  classNames: null,
  confusion: null,
  perClass: null,
  rmse: 0.125,
  mae: 0.0625,
}

describe('panda evaluate', () => {
  const host = (reply = evaluation) => fakeHost({ 'run:evaluate': () => reply })

  test('the JSON is the whole answer', async () => {
    const used = host()

    const { code, json } = await panda(['evaluate', 'd', '--json'], used)

    const { mistakes: _, ...rest } = evaluation
    expect(code).toBe(0)
    expect(json).toEqual(rest)
    expect(used.calls[0]).toEqual(['run:evaluate', 'd', {}])
  })

  test('a person sees the scores, who was taken for whom, and each class', async () => {
    const { out } = await panda(['evaluate', 'd'], host())

    expect(out).toMatch(/^on +the dev set, 3 examples\nat +step 125 of b1\ncost +0\.5000\n/)
    expect(out).toMatch(/accuracy +66\.67 %\nerror +33\.33 %\n/)
    expect(out).toContain('actual \\ predicted  cat  dog\ncat                   1    1\n')
    expect(out).toMatch(/\ncat +100\.00 % +50\.00 % +2\ndog +50\.00 % +– +1\n/)
  })

  const wrong: Mistake = {
    index: 17,
    actual: 'cat',
    predicted: 'dog',
    probability: 0.96875,
    cost: 3.4657,
    features: Float32Array.of(0.5, 0.25),
  }

  test('the worst mistakes come as a table, and as JSON without what the examples look like', async () => {
    const used = host({ ...evaluation, mistakes: [wrong] })

    const { out } = await panda(['evaluate', 'd', '--mistakes', '3'], used)
    const { json } = await panda(['evaluate', 'd', '--mistakes', '3', '--json'], used)

    const { features: _, ...listed } = wrong
    expect(out).toMatch(
      /\nexample +actual +predicted +probability +cost\n +17 +cat +dog +96\.88 % +3\.466\n/,
    )
    expect(json).toEqual({ ...evaluation, mistakes: [listed] })
    expect(used.calls[0]).toEqual(['run:evaluate', 'd', { mistakes: 3 }])
  })

  test.each(['0', '501', 'all', '1.5'])('%s mistakes cannot be listed', async (count) => {
    const used = host()

    const { code, err } = await panda(['evaluate', 'd', '--mistakes', count], used)

    expect(code).toBe(2)
    expect(err).toContain('--mistakes')
    expect(used.calls).toEqual([])
  })

  test('a regression has its errors in place of classes', async () => {
    const { out } = await panda(['evaluate', 'd'], host(regression))

    expect(out).toMatch(/rmse +0\.1250\nmae +0\.06250\n$/)
    expect(out).not.toMatch(/accuracy|class/)
  })

  test('a table of many classes is left to scripts', async () => {
    const names = Array.from({ length: 21 }, (_, id) => `class ${id}`)
    const confusion = names.map(() => names.map(() => 0))

    const { out } = await panda(
      ['evaluate', 'd'],
      host({ ...evaluation, classNames: names, confusion }),
    )

    expect(out).not.toContain('predicted')
    expect(out).toContain('The confusion matrix of 21 classes comes with --json.')
  })

  test('files are named from the working directory, with the set and the day that are meant', async () => {
    const used = host()

    await panda(['evaluate', 'd', '--on', 'train', '--checkpoint', 'b1:2', '--json'], used)
    await panda(['evaluate', 'd', '--csv', 'test.csv', '--label', 'y', '--json'], used)
    await panda(['evaluate', 'd', '--csv', 'test.csv', '--json'], used)
    await panda(['evaluate', 'd', '--images', 'i', '--labels', '/l', '--json'], used)
    await panda(['evaluate', 'd', '--text', 't.txt', '--json'], used)

    const asked = used.calls.flatMap(([name, , options]) => (name === 'close' ? [] : [options]))
    expect(asked).toEqual([
      { on: 'train', checkpoint: 'b1:2' },
      { data: { csv: '/work/test.csv', label: 'y' } },
      { data: { csv: '/work/test.csv' } },
      { data: { images: '/work/i', labels: '/l' } },
      { data: { text: '/work/t.txt' } },
    ])
  })

  test.each([
    [['--on', 'test'], '--on must be dev or train'],
    [['--on', 'dev', '--csv', 'f'], 'a file is named too'],
    [['--csv', 'f', '--text', 'f'], 'only one of'],
    [['--images', 'f'], 'belong together'],
    [['--labels', 'f'], 'belong together'],
    [['--label', 'y'], '--label names a column of --csv'],
    [['--checkpoint', 'noon'], 'no place'],
  ])('%j is refused', async (options, message) => {
    const { code, err } = await panda(['evaluate', 'd', ...options], host())

    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})

describe('panda predict', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'panda-prompt-'))
  const prompt = path.join(folder, 'prompt.txt')
  beforeAll(() => {
    writeFileSync(prompt, 'Shall I ')
    writeFileSync(path.join(folder, 'latin1.txt'), Uint8Array.of(0xe9, 0x20))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const ofData = (data: object) =>
    snapshot({ facts: { ...snapshot().facts, config: runConfig.parse({ ...config, data }) } })
  const classes: PredictionReply = {
    ...now,
    kind: 'classes',
    classNames: ['cat', 'dog'],
    predictions: [
      { class: 'dog', probability: 0.75, probabilities: [0.25, 0.75] },
      { class: 'cat', probability: 1, probabilities: [1, 0] },
    ],
  }
  const text: PredictionReply = { ...now, kind: 'text', text: 'compare thee' }
  const host = (data: object, reply: PredictionReply) =>
    fakeHost({ 'run:show': () => ofData(data), 'run:predict': () => reply })
  const asked = (used: ReturnType<typeof host>) =>
    used.calls.flatMap(([name, , request]) => (name === 'run:predict' ? [request] : []))

  test('examples get their class and its probability, a line each', async () => {
    const used = host({ csv: 'moons.csv', label: 'y' }, classes)

    const { out } = await panda(['predict', 'd', 'new.txt'], used)
    const { json } = await panda(['predict', 'd', 'new.txt', '--json'], used)

    expect(out).toBe(
      'example  class  probability\n      1  dog        75.00 %\n      2  cat       100.00 %\n',
    )
    expect(json).toEqual(classes)
    expect(asked(used)[0]).toEqual({ data: { csv: '/work/new.txt' } })
  })

  test('a run of images takes images, and a table by its name', async () => {
    const used = host({ sample: 'digits' }, classes)

    await panda(['predict', 'd', 'images.gz', '--checkpoint', 'c3'], used)
    await panda(['predict', 'd', 'pixels.CSV'], used)

    expect(asked(used)).toEqual([
      { data: { images: '/work/images.gz' }, checkpoint: 'c3' },
      { data: { csv: '/work/pixels.CSV' } },
    ])
  })

  test('numbers are written as they are', async () => {
    const predictions = [{ values: [0.5] }, { values: [-2] }]

    const { out } = await panda(
      ['predict', 'd', 'f.csv'],
      host({ csv: 'f.csv', label: 'y' }, { ...now, kind: 'values', predictions }),
    )

    expect(out).toMatch(/\n +1 {2}0\.5000\n +2 {2}-2\.000\n$/)
  })

  test('a text goes on where the prompt ends, whether it is typed or in a file', async () => {
    const used = host({ sample: 'sonnets' }, text)

    const typed = await panda(['predict', 'd', '--prompt', 'Shall I '], used)
    await panda(
      ['predict', 'd', prompt, '--length', '5', '--temperature', '0', '--seed', '7'],
      used,
    )

    expect(typed.out).toBe('Shall I compare thee\n')
    expect(asked(used)).toEqual([
      { data: { text: 'Shall I ', length: 200, temperature: 1, seed: 1 } },
      { data: { text: 'Shall I ', length: 5, temperature: 0, seed: 7 } },
    ])
  })

  test.each([
    [[], 2, 'needs FILE'],
    [['f.csv', '--prompt', 'x'], 2, 'a prompt and a file'],
    [['--prompt', 'x'], 2, 'does not learn from a text'],
    [['f.csv', '--length', '3'], 2, 'does not learn from a text'],
  ])('%j is refused for a run that learns from numbers', async (words, exitCode, message) => {
    const used = host({ csv: 'f.csv', label: 'y' }, classes)

    const { code, err } = await panda(['predict', 'd', ...words], used)

    expect(code).toBe(exitCode)
    expect(err).toContain(message)
    expect(asked(used)).toEqual([])
  })

  test.each([
    [['--prompt', 'x', '--temperature', '-1'], 2, '--temperature must be'],
    [['--prompt', 'x', '--length', '0'], 2, '--length must be'],
    [['--prompt', 'x', '--seed', '0.5'], 2, '--seed must be'],
    [[path.join(folder, 'latin1.txt')], 1, 'it is not UTF-8 text'],
    [['/nowhere.txt'], 1, '/nowhere.txt cannot be read'],
  ])('%j is refused for a run that learns from a text', async (words, exitCode, message) => {
    const used = host({ sample: 'sonnets' }, text)

    const { code, err } = await panda(['predict', 'd', ...words], used)

    expect(code).toBe(exitCode)
    expect(err).toContain(message)
    expect(asked(used)).toEqual([])
  })
})

describe('panda export', () => {
  const reply = { ...now, file: '/work/d.onnx', bytes: 94_200 }
  const host = () => fakeHost({ 'run:export': () => reply })

  test('the file is named from the working directory and replaced only by force', async () => {
    const used = host()

    const { out } = await panda(['export', 'd', '--onnx', 'd.onnx'], used)
    const safetensors = ['--safetensors', 'd.st', '--force', '--checkpoint', '2', '--json']
    const { json } = await panda(['export', 'd', ...safetensors], used)

    expect(out).toBe('Wrote /work/d.onnx (94.2 kB): step 125 of b1.\n')
    expect(json).toEqual(reply)
    const asked = used.calls.flatMap(([name, , request]) => (name === 'close' ? [] : [request]))
    expect(asked).toEqual([
      { format: 'onnx', file: '/work/d.onnx', overwrite: false },
      { format: 'safetensors', file: '/work/d.st', checkpoint: '2', overwrite: true },
    ])
  })

  test.each([
    [[], 'needs to know what to write'],
    [['--onnx', 'a', '--safetensors', 'b'], 'one file'],
    [['--onnx', ''], '--onnx needs a value'],
  ])('%j is refused', async (options, message) => {
    const { code, err } = await panda(['export', 'd', ...options], host())

    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})

describe('panda vitals', () => {
  const vitals = {
    step: 100,
    layers: [
      { layer: 'layer1', preActivationMean: 0.01, preActivationDeviation: 1, deadShare: 0.25 },
      { layer: 'layer2', preActivationMean: -1, preActivationDeviation: 2, deadShare: null },
    ],
    parameters: [
      { name: 'layer1.weight', gradientNorm: 0.5, updateRatio: 0.002 },
      { name: 'layer1.bias', gradientNorm: 0.25, updateRatio: 0.5 },
      { name: 'layer2.weight', gradientNorm: 0, updateRatio: 0 },
      { name: 'layer2.bias', gradientNorm: 1, updateRatio: 0 },
    ],
  }

  test('each layer and each tensor has a line, judged against one in a thousand', async () => {
    const { out } = await panda(
      ['vitals', 'd'],
      fakeHost({ 'run:show': () => snapshot({ vitals }) }),
    )

    expect(out).toMatch(/^At step 100\./)
    expect(out).toMatch(/\nlayer1 +0\.01000 +1\.000 +25\.00 %\nlayer2 +-1\.000 +2\.000 +–\n/)
    expect(out).toMatch(/\nlayer1\.weight +0\.5000 +0\.002000 +good\n/)
    expect(out).toMatch(/\nlayer1\.bias +0\.2500 +0\.5000 +fast\nlayer2\.weight +0 +0 +slow\n/)
    expect(out).toMatch(/\nlayer2\.bias +1\.000 +0 +–\n$/)
  })

  test('the JSON is what was recorded, or null before the first', async () => {
    const some = fakeHost({ 'run:show': () => snapshot({ vitals }) })
    const none = fakeHost({ 'run:show': () => snapshot({ vitals: null }) })

    expect((await panda(['vitals', 'd', '--json'], some)).json).toEqual(vitals)
    expect((await panda(['vitals', 'd', '--json'], none)).json).toBeNull()
    expect((await panda(['vitals', 'd'], none)).out).toContain('No vital signs yet')
  })
})
