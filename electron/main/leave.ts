import type { App } from 'electron'

type Leaving =
  { readonly kind: 'staying' } | { readonly kind: 'saving' } | { readonly kind: 'saved' }

/**
 * Quitting pauses, saves and then leaves, however it was asked for: exiting while a step is in flight
 * would abort the whole process. Asked again meanwhile, it goes on saving.
 */
export function saveBeforeLeaving(
  app: Pick<App, 'on' | 'quit' | 'exit'>,
  save: () => Promise<void>,
  tellFailure: (error: unknown) => void,
): void {
  let leaving: Leaving = { kind: 'staying' }
  app.on('before-quit', (event) => {
    if (leaving.kind === 'saved') return
    event.preventDefault()
    if (leaving.kind === 'saving') return
    leaving = { kind: 'saving' }
    save().then(
      () => {
        leaving = { kind: 'saved' }
        app.quit()
      },
      (error: unknown) => {
        tellFailure(error)
        app.exit(1)
      },
    )
  })
}
