/** Hands a file to the browser's downloads. */
export function download(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has its own hold on the blob once the click is through.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** A name as a part of a file's: nothing in it that a file system minds. */
export const fileNameOf = (name: string): string => name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
