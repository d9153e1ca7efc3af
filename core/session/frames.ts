import { decodeMessage, encodeMessage } from '../protocol/wire.ts'

/** A frame on a byte stream: 4 bytes of length (big-endian), then one message. */
const HEADER_BYTES = 4
/** A reply may be a long curve; anything beyond this is no frame of ours. */
const MAX_FRAME_BYTES = 256 << 20

export function frame(message: unknown): Uint8Array {
  const body = encodeMessage(message)
  const bytes = new Uint8Array(HEADER_BYTES + body.length)
  new DataView(bytes.buffer).setUint32(0, body.length)
  bytes.set(body, HEADER_BYTES)
  return bytes
}

/** Puts frames together again, however the stream cut them. */
export class FrameReader {
  #pieces: Uint8Array[] = []
  #length = 0

  /** The messages that `bytes` completes. Throws on a frame that is too long or no message. */
  read(bytes: Uint8Array): readonly unknown[] {
    const messages: unknown[] = []
    this.#pieces.push(bytes)
    this.#length += bytes.length
    while (this.#length >= HEADER_BYTES) {
      const header = this.#peek(HEADER_BYTES)
      const length = new DataView(header.buffer, header.byteOffset).getUint32(0)
      if (length > MAX_FRAME_BYTES) throw new Error(`a frame of ${length} bytes is too long`)
      if (this.#length < HEADER_BYTES + length) break
      messages.push(decodeMessage(this.#take(HEADER_BYTES + length).subarray(HEADER_BYTES)))
    }
    return messages
  }

  /** The first `count` bytes in one piece; they stay. */
  #peek(count: number): Uint8Array {
    const [first] = this.#pieces
    if (first !== undefined && first.length >= count) return first
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = [whole]
    return whole
  }

  #take(count: number): Uint8Array {
    const whole = this.#peek(count)
    this.#pieces[0] = whole.subarray(count)
    this.#length -= count
    return whole.subarray(0, count)
  }
}
