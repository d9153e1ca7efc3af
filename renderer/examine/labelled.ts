import type { EvaluateOptions, RunInputs } from '../../core/protocol/examine.ts'

export type LabelledFiles = NonNullable<EvaluateOptions['data']>
export type FileRole = 'csv' | 'images' | 'labels' | 'text'

export const ROLE_LABELS: Readonly<Record<FileRole, string>> = {
  csv: 'A CSV file with the label column',
  images: 'The pictures, an IDX file',
  labels: 'Their labels, an IDX file',
  text: 'A text file',
}

/** Which files a run of this kind is evaluated on. */
export function rolesOf(kind: RunInputs['kind']): readonly FileRole[] {
  if (kind === 'text') return ['text']
  return kind === 'image' ? ['images', 'labels'] : ['csv']
}

/** What a file is, going by its name; the roles are those the run asks for. */
export function roleOf(name: string, roles: readonly FileRole[]): FileRole | null {
  if (roles.length === 1) return roles[0] ?? null
  // Such data sets call their files train-labels-idx1-ubyte and train-images-idx3-ubyte.
  return /label|idx1/i.test(name) ? 'labels' : 'images'
}

/** The files once they are all there; null before. */
export function labelledFiles(
  paths: { readonly [R in FileRole]?: string },
  roles: readonly FileRole[],
): LabelledFiles | null {
  if (roles.some((role) => paths[role] === undefined)) return null
  const { csv = '', text = '', images = '', labels = '' } = paths
  if (roles.includes('csv')) return { csv }
  return roles.includes('text') ? { text } : { images, labels }
}
