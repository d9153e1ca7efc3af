import type { RefusalStatus } from './gate.ts'

const REASONS: { readonly [K in RefusalStatus | 404]: string } = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

export const reasonOf = (status: RefusalStatus | 404): string => REASONS[status]

/** What a person sees who comes without the token. Holds nothing of the request. */
export const KEY_NEEDED_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Panda needs its key</title>
  </head>
  <body>
    <h1>This Panda needs its key</h1>
    <p>
      Open the whole address that <code>panda serve</code> printed when it started, with the part
      after <code>?token=</code>. The key is new at each start: an address from an earlier one no
      longer opens anything.
    </p>
  </body>
</html>
`
