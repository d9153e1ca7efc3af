/** What the fake Electron (in the app's process) tells the harness that owns the browser. */
export type FromApp =
  | { readonly type: 'called'; readonly what: string; readonly with?: unknown }
  | { readonly type: 'load'; readonly url: string; readonly preload: string }
  | { readonly type: 'reload' }
  | {
      readonly type: 'response'
      readonly id: number
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: Uint8Array
    }
  | {
      readonly type: 'post'
      readonly channel: string
      readonly message: unknown
      readonly ports: readonly number[]
    }
  | { readonly type: 'port'; readonly id: number; readonly message: unknown }

/** What the harness tells the app: what the page and the person do. */
export type ToApp =
  | { readonly type: 'request'; readonly id: number; readonly method: string; readonly url: string }
  | { readonly type: 'ipc'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly type: 'port'; readonly id: number; readonly message: unknown }
  | { readonly type: 'ports-closed' }
  | { readonly type: 'navigated'; readonly url: string }
  | { readonly type: 'close-window' }
  | { readonly type: 'launched-again' }
