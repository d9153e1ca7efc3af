import { ExtensionCodec, decode, encode } from '@msgpack/msgpack'

/** MessagePack extension types of ours: typed arrays, so that curves cross a socket as they are. */
const FLOAT32 = 1
const FLOAT64 = 2

/** The largest message a server takes from a client. What a server sends may be larger. */
export const MAX_REQUEST_BYTES = 1 << 20

function bytesOf(array: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** Aligned, and of its own: a Buffer's `slice` would hand out the pool it lies in. */
const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const codec = new ExtensionCodec()
codec.register({
  type: FLOAT32,
  encode: (value) => (value instanceof Float32Array ? bytesOf(value) : null),
  decode: (bytes) => new Float32Array(copyOf(bytes)),
})
codec.register({
  type: FLOAT64,
  encode: (value) => (value instanceof Float64Array ? bytesOf(value) : null),
  decode: (bytes) => new Float64Array(copyOf(bytes)),
})

/** Message → bytes (MessagePack; typed arrays little-endian; NaN and infinities kept). */
export const encodeMessage = (message: unknown): Uint8Array =>
  encode(message, { extensionCodec: codec, ignoreUndefined: true })

/** Bytes → message. Throws on anything that is not one whole MessagePack value. */
export const decodeMessage = (bytes: Uint8Array): unknown =>
  decode(bytes, { extensionCodec: codec })
