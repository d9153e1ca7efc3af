import type { FlatMemory, Kernels } from './kernels.ts'

/** Float32 arithmetic: an operation in float64, rounded, is the operation in float32, +, −, ·, / and √. */
const f = Math.fround

/** The smallest float32 with a full mantissa. */
const SMALLEST_NORMAL = 2 ** -126

/**
 * Averages of a gradient that ceased, as a dead unit's, never reach 0: they stay among the denormals, where
 * Adam was measured to take 1.6 times as long for the rest of a training. So they are 0 from there on.
 */
const flushed = (x: number): number => (Math.abs(x) < SMALLEST_NORMAL ? 0 : x)

/** murmur3's finaliser (Austin Appleby, public domain): every bit of x moves half of the answer's. */
function mixed(x: number): number {
  let h = x
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The kernels in plain JavaScript, bit for bit those of kernels.wat: their oracle and their fall-back. */
export function jsKernels({ floats }: FlatMemory): Kernels {
  return {
    name: 'js',

    gradientDescent(w, g, count, scale, alpha) {
      const [c, a] = [f(scale), f(alpha)]
      for (let i = 0; i < count; i++) {
        floats[w + i] = f(floats[w + i]! - f(a * f(floats[g + i]! * c)))
      }
    },

    momentum(w, g, v, count, scale, beta, alongV, alongG) {
      const [c, b, av, ag] = [f(scale), f(beta), f(alongV), f(alongG)]
      const rest = f(1 - b)
      for (let i = 0; i < count; i++) {
        const gradient = f(floats[g + i]! * c)
        const velocity = flushed(f(f(b * floats[v + i]!) + f(rest * gradient)))
        floats[v + i] = velocity
        floats[w + i] = f(floats[w + i]! - f(f(av * velocity) + f(ag * gradient)))
      }
    },

    rmsprop(w, g, s, count, scale, alpha, beta2, epsilon) {
      const [c, a, b, e] = [f(scale), f(alpha), f(beta2), f(epsilon)]
      const rest = f(1 - b)
      for (let i = 0; i < count; i++) {
        const gradient = f(floats[g + i]! * c)
        const square = flushed(f(f(b * floats[s + i]!) + f(f(rest * gradient) * gradient)))
        floats[s + i] = square
        const step = f(f(a * gradient) / f(f(Math.sqrt(square)) + e))
        floats[w + i] = f(floats[w + i]! - step)
      }
    },

    adam(w, g, v, s, count, scale, rate, root, beta1, beta2, epsilon, shrink) {
      const [c, a, r, e, d] = [f(scale), f(rate), f(root), f(epsilon), f(shrink)]
      const [b1, b2] = [f(beta1), f(beta2)]
      const [rest1, rest2] = [f(1 - b1), f(1 - b2)]
      for (let i = 0; i < count; i++) {
        const gradient = f(floats[g + i]! * c)
        const velocity = flushed(f(f(b1 * floats[v + i]!) + f(rest1 * gradient)))
        const square = flushed(f(f(b2 * floats[s + i]!) + f(f(rest2 * gradient) * gradient)))
        floats[v + i] = velocity
        floats[s + i] = square
        const step = f(f(a * velocity) / f(f(f(Math.sqrt(square)) * r) + e))
        const weight = floats[w + i]!
        floats[w + i] = f(f(weight - f(d * weight)) - step)
      }
    },

    lerp(r, x, count, keep) {
      const k = f(keep)
      const rest = f(1 - k)
      for (let i = 0; i < count; i++) {
        floats[r + i] = f(f(k * floats[r + i]!) + f(rest * floats[x + i]!))
      }
    },

    mask(into, count, seed, threshold, kept) {
      for (let i = 0; i < count; i++) {
        const hash = mixed(Math.imul(i, 0x9e3779b1) + seed)
        floats[into + i] = hash >= threshold ? kept : 0
      }
    },
  }
}
