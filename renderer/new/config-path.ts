/** A config on its way: what `panda new` reads, with parts that may be missing or not right yet. */
export type ConfigDraft = { readonly [key: string]: unknown }
export type ConfigPath = readonly (string | number)[]

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object at `key`; empty where there is none. */
export const objectAt = (from: unknown, key: string): Readonly<Record<string, unknown>> => {
  const value = isObject(from) ? from[key] : undefined
  return isObject(value) ? value : {}
}

function putInto(at: unknown, path: ConfigPath, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (typeof key === 'number') {
    const items = Array.isArray(at) ? [...(at as unknown[])] : []
    items[key] = putInto(items[key], rest, value)
    return items
  }
  const { [key]: before, ...others } = isObject(at) ? at : {}
  const after = putInto(before, rest, value)
  if (after === undefined) return others
  // A key that stood there keeps its place, so that the JSON shown does not shuffle.
  return isObject(at) && key in at ? { ...at, [key]: after } : { ...others, [key]: after }
}

/** A copy with `value` at `path`; undefined takes the key away, so that its default holds. */
export const put = (config: ConfigDraft, path: ConfigPath, value: unknown): ConfigDraft =>
  putInto(config, path, value) as ConfigDraft

/** Does a fault at `path` concern the field at `field`, or what is in it? */
export const isWithin = (path: readonly PropertyKey[], field: ConfigPath): boolean =>
  field.every((part, index) => path[index] === part)
