import { config } from 'zod'

// Imported before anything that declares a schema: zod probes `new Function`, which our content
// security policy forbids and the console would report.
config({ jitless: true })
