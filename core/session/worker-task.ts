import { z } from 'zod'

const folders = { samplesDir: z.string(), migrationsDir: z.string() }

/** What a host starts a worker with. */
export const workerTask = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('session'),
    run: z.string(),
    file: z.string(),
    gate: z.instanceof(SharedArrayBuffer),
    ...folders,
  }),
  z.object({
    task: z.literal('create'),
    file: z.string(),
    name: z.string(),
    base: z.string(),
    config: z.unknown(),
    gate: z.instanceof(SharedArrayBuffer),
    ...folders,
  }),
])
export type WorkerTask = z.output<typeof workerTask>
