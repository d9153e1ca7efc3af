import { toWireError } from '../../core/errors.ts'
import { defineCommand } from '../command.ts'
import { deferred } from '../deferred.ts'
import { toJson } from '../output/json.ts'
import { parseCount } from '../values.ts'

export const serve = defineCommand({
  operands: [],
  about: 'Serves the window to a browser on this machine, until Ctrl-C.',
  options: {
    port: { value: 'P', about: 'listen there (default: a free port)' },
    open: { value: null, about: 'open it in the browser' },
  },
  examples: ['panda serve --open', 'panda serve --port 7263'],
  async run(given, shell) {
    const { startServer, openInBrowser, onStop, stderr } = shell.environment
    const port = parseCount('--port', given.text('port') ?? '0', 0, 65_535)
    return await shell.withHost(async (host) => {
      const stopped = deferred()
      let stops = 0
      // Nobody reading what we print is no reason to stop serving: only a signal is.
      const offStop = onStop((cause) => {
        if (cause !== 'signal') return
        stops += 1
        stderr.write(stops === 1 ? 'panda: saving …\n' : 'panda: still saving; it ends by itself\n')
        stopped.resolve()
      })
      try {
        const server = await startServer(host, { port })
        try {
          shell.print(
            shell.json
              ? toJson({ url: server.url })
              : `Panda is at ${server.url}\nWhoever has this address can train; Ctrl-C ends it.`,
          )
          if (given.flag('open')) {
            await openInBrowser(server.url).catch((error: unknown) =>
              shell.warn(`panda: no browser could be opened: ${toWireError(error).message}.`),
            )
          }
          await stopped.promise
        } finally {
          await server.close()
        }
      } finally {
        offStop()
      }
      return 0
    })
  },
})
