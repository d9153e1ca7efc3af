import { z } from 'zod'

type Schema = z.core.JSONSchema.BaseSchema

export const isRecord = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null

/** What stands at `path` in a value; undefined where the path leaves it. */
export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, part) => (isRecord(at) ? at[part] : undefined), value)

/** What a schema takes, place by place. */
export interface Shape {
  /** Every key that may stand in the object at `path` of the document `given`, whichever alternative it is. */
  keysAt(path: readonly PropertyKey[], given: unknown): readonly string[]
  /** What may stand at `path` of the document `given`, in words: `same`, `valid`, `a whole number`. */
  kindsAt(path: readonly PropertyKey[], given: unknown): readonly string[]
}

/** Of alternatives that name themselves by a constant, as layers do by their type, the one in `value`. */
function narrowed(at: readonly Schema[], value: unknown): readonly Schema[] {
  if (!isRecord(value)) return at
  const chosen = at.filter((s) =>
    Object.entries(s.properties ?? {}).some(
      ([key, property]) =>
        isRecord(property) && 'const' in property && property.const === value[key],
    ),
  )
  return chosen.length > 0 ? chosen : at
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  integer: ['a whole number'],
  number: ['a number'],
  string: ['a text'],
  array: ['a list'],
}

/** Reads what a schema takes off its JSON schema. */
export function shapeOf(zodSchema: z.ZodType): Shape {
  const schema = z.toJSONSchema(zodSchema, { io: 'input' }) as Schema

  /** What may stand at a place: a reference is looked up, a union is its alternatives. */
  function alternatives(at: Schema): readonly Schema[] {
    if (at.$ref !== undefined) return asSchemas(schema.$defs?.[at.$ref.split('/').at(-1) ?? ''])
    return (at.anyOf ?? at.oneOf)?.flatMap((s) => asSchemas(s)) ?? [at]
  }
  const asSchemas = (at: unknown): readonly Schema[] =>
    typeof at === 'object' && at !== null ? alternatives(at as Schema) : []

  /** What may stand at `path` of the document, whichever alternative it is. */
  function schemasAt(path: readonly PropertyKey[], given: unknown): readonly Schema[] {
    let at = alternatives(schema)
    path.forEach((part, index) => {
      at = narrowed(at, valueAt(given, path.slice(0, index))).flatMap((s) =>
        asSchemas(
          typeof part === 'number'
            ? s.items
            : (s.properties?.[String(part)] ?? s.additionalProperties),
        ),
      )
    })
    return narrowed(at, valueAt(given, path))
  }

  return {
    keysAt: (path, given) => [
      ...new Set(schemasAt(path, given).flatMap((s) => Object.keys(s.properties ?? {}))),
    ],
    kindsAt: (path, given) =>
      schemasAt(path, given).flatMap(({ const: constant, enum: values, type }) => {
        if (constant !== undefined) return [String(constant)]
        return values?.map(String) ?? KINDS[String(type)] ?? ['an object']
      }),
  }
}
