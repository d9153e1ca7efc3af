import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { normal, uniform } from '../core/random/index.ts'

// Writes two-moons.csv: two interleaved half circles that no straight line can part.
const EXAMPLES = 500
const NOISE = 0.12
const SEED = 1
const ANGLE = 0
const NOISE_X = 1
const NOISE_Y = 2

const rows = Array.from({ length: EXAMPLES }, (_, i) => {
  const moon = i % 2
  const angle = Math.PI * uniform(SEED, ANGLE, i)
  const x = moon === 0 ? Math.cos(angle) : 1 - Math.cos(angle)
  const y = moon === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle)
  const noisyX = x + NOISE * normal(SEED, NOISE_X, i)
  const noisyY = y + NOISE * normal(SEED, NOISE_Y, i)
  return `${noisyX.toFixed(4)},${noisyY.toFixed(4)},${moon}`
})
writeFileSync(
  fileURLToPath(new URL('two-moons.csv', import.meta.url)),
  `${['x,y,moon', ...rows].join('\n')}\n`,
)
