import { createOptimizer, read } from '../core/engine/script.ts'
import { add, mul, reshape, scale, slice, sub } from '../core/tape/functions.ts'
import { GradientTape } from '../core/tape/tape.ts'

// Finds the w that makes J(w) = w² − 10w + 25 smallest, which is 5.
// Run it: node scripts/run.mjs examples/gradient-tape.ts
const STEPS = 1_000

const tape = new GradientTape()
const w = tape.variable(0)
const cost = add(sub(mul(w, w), scale(w, 10)), tape.constant(25))
const optimizer = createOptimizer('adam', { learning_rate: 0.1 })

await optimizer.minimize(cost, [w])
console.log(`after 1 step: w = ${await read(w)}`)
for (let step = 1; step < STEPS; step++) await optimizer.minimize(cost, [w])
console.log(`after ${STEPS} steps: w = ${await read(w)}, J = ${await read(cost)}`)

// The same cost with its coefficients fed as data, as a network's examples would be.
const x = tape.input('x', [3])
const coefficient = (place: number) => reshape(slice(x, 0, place, 1), [])
const u = tape.variable(0)
const costOfData = add(add(mul(coefficient(0), mul(u, u)), mul(coefficient(1), u)), coefficient(2))
const another = createOptimizer('adam', { learning_rate: 0.1 })

await another.minimize(costOfData, [u], { x: [1, -10, 25] })
console.log(`coefficients fed, after 1 step: w = ${await read(u)}`)
for (let step = 1; step < STEPS; step++) {
  await another.minimize(costOfData, [u], { x: [1, -10, 25] })
}
console.log(`coefficients fed, after ${STEPS} steps: w = ${await read(u)}`)
