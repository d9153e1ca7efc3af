// A subscriber of its own process: connects to the address it is given, and reads everything.
import { WebSocket } from 'ws'

const address = new URL(process.argv[2] ?? '')
const socket = new WebSocket(`ws://${address.host}/ws`, {
  headers: { authorization: `Bearer ${address.searchParams.get('token') ?? ''}` },
})
socket.binaryType = 'arraybuffer'
socket.once('message', () => process.send?.('draining'))
process.once('SIGTERM', () => process.exit(0))
