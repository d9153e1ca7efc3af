import type { ExportRequest } from '../../core/protocol/examine.ts'

export type ExportFormat = ExportRequest['format']

const ENDING = /\.(panda|onnx|safetensors)$/

/** Beside the run's own file, under its name. */
export const besideRun = (file: string, format: ExportFormat): string =>
  `${file.replace(ENDING, '')}.${format}`

/** The same file with another format's ending; a name of a person's own choosing stays. */
export const withEnding = (file: string, format: ExportFormat): string =>
  /\.(onnx|safetensors)$/.test(file) ? file.replace(ENDING, `.${format}`) : file

/** A folder cannot be a model's file, and nor can nothing. */
export function fileFault(file: string): string | null {
  if (file.trim() === '') return 'Say where the file is to be written.'
  return /[/\\]$/.test(file) ? 'This is a folder: give the file a name.' : null
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const

/** "2.8 MB". */
export function formatBytes(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`
}
