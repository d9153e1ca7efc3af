/** JSON in one line. Numbers that JSON cannot write become "NaN", "Infinity" and "-Infinity". */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'number' && !Number.isFinite(field) ? String(field) : field,
  )
}

type NonNullFields<T, K extends keyof T> = Omit<T, K> & { readonly [F in K]?: NonNullable<T[F]> }

/** A copy of `record` without those of the named fields that are null: they are optional in the answers. */
export function withoutNulls<T extends object, K extends keyof T>(
  record: T,
  ...names: readonly K[]
): NonNullFields<T, K> {
  const entries = Object.entries(record).filter(
    ([name, value]) => value !== null || !(names as readonly string[]).includes(name),
  )
  return Object.fromEntries(entries) as NonNullFields<T, K>
}
