/**
 * Ways of doing the same thing. Left out, the engine chooses the fastest that works here; tests compare
 * them. Only `parameters` may change bits, as another graph may add up in another order.
 */
export interface EngineOptions {
  /** What updates the parameters. */
  readonly kernels?: 'wasm-simd' | 'js'
  /** How results leave ONNX Runtime: filled in place and not copied again, or copied. */
  readonly results?: 'in-place' | 'copied'
  /** Whether parameters and gradients cross to the model as one tensor or as one each. */
  readonly parameters?: 'flat' | 'separate'
}
