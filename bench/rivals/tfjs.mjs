// Trains an MLP with TensorFlow.js and tells how long steps take: the protocol of pytorch.py, dense layers
// only. The first argument is the backend, wasm or cpu.
import { createRequire } from 'node:module'
import path from 'node:path'
import readline from 'node:readline'

const require = createRequire(import.meta.url)
const [backend = 'cpu'] = process.argv.slice(2)
// TensorFlow.js says on stdout that there is a faster package; stdout is for answers.
console.log = console.info = console.warn = () => {}

const tf = require('@tensorflow/tfjs-core')
const layers = require('@tensorflow/tfjs-layers')
if (backend === 'wasm') {
  const wasm = require('@tensorflow/tfjs-backend-wasm')
  const main = require.resolve('@tensorflow/tfjs-backend-wasm')
  wasm.setWasmPaths(`${path.dirname(main)}${path.sep}`)
} else {
  require('@tensorflow/tfjs-backend-cpu')
}
await tf.setBackend(backend)
await tf.ready()

function build({ network, input, classes, count, batches }) {
  const features = input.shape.reduce((product, size) => product * size, 1)
  const model = layers.sequential()
  network.layers.forEach(({ units, activation = 'linear', batch_norm: norm }, place) => {
    if (norm) throw new Error('batch norm is not measured here')
    const shape = place === 0 ? { inputShape: [features] } : {}
    const softmax = place === network.layers.length - 1 ? 'softmax' : activation
    model.add(layers.layers.dense({ units, activation: softmax, ...shape }))
  })
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy' })
  const sets = Array.from({ length: batches }, (_, at) => ({
    x: tf.randomNormal([count, features], 0, 1, 'float32', at + 1),
    target: tf.oneHot(
      tf.tensor1d(
        Array.from({ length: count }, (_, row) => (row * 7 + at) % classes),
        'int32',
      ),
      classes,
    ),
  }))
  return { model, sets }
}

let training = null
for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  let answer
  if (asked.build !== undefined) {
    training = build(asked.build)
    answer = { parameters: training.model.countParams() }
  } else {
    const startedAt = performance.now()
    for (let step = 0; step < asked.run; step++) {
      const { x, target } = training.sets[step % training.sets.length]
      await training.model.trainOnBatch(x, target)
    }
    answer = { seconds: (performance.now() - startedAt) / 1000 }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
