/** An attribute of an ONNX node. A bare number is an int, as most are; `{ float }` is a float. */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number }
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>

/**
 * Where a rule writes its ONNX nodes. Asking for the same node of the same inputs twice answers the same
 * tensor, so that a rule may recompute what another rule has computed already.
 */
export interface Emitter {
  /** Answers the name of the tensor it made. An empty input name is an optional input left out. */
  node(type: string, inputs: readonly string[], attributes?: OnnxAttributes): string
  /** A node of several outputs: their names, in order. */
  nodes(
    type: string,
    inputs: readonly string[],
    attributes: OnnxAttributes,
    outputs: number,
  ): readonly string[]
  /** A list of int64, as ONNX takes axes and shapes. */
  integers(values: readonly number[]): string
  /** A float scalar. */
  number(value: number): string
  /** A float tensor. Numbers that come as a Float32Array, as large ones do, are never looked for again. */
  numbers(values: readonly number[] | Float32Array, shape: readonly number[]): string
  toFloat(x: string): string
  /**
   * How many channels ONNX Runtime's own convolutions over blocks of channels put side by side on the
   * machine that will run the graph. Left out: standard operators alone, as in a model for others. A node
   * type that is not a standard operator has its domain in front: `com.microsoft.nchwc.Conv`.
   */
  readonly block?: number | undefined
}
