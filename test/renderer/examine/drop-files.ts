import { DOMWrapper, flushPromises } from '@vue/test-utils'

/** The form that takes labelled files. */
export const filesForm = () =>
  new DOMWrapper(document.body).get('[aria-label="Files to evaluate on"]')

/** Drops files of these names on the form at once. */
export async function dropFiles(...names: string[]): Promise<void> {
  const drop = new Event('drop', { bubbles: true, cancelable: true })
  Object.assign(drop, { dataTransfer: { files: names.map((name) => new File(['x'], name)) } })
  filesForm().element.dispatchEvent(drop)
  await flushPromises()
}
