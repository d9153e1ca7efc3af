import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'

/** What guards one launch of the server. */
export interface Gate {
  readonly port: number
  /** 256 random bits, new at each launch. */
  readonly token: string
}

export type Verdict =
  | { readonly kind: 'welcome' }
  /** The right token in the address: to be moved into a cookie. */
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'refused'; readonly status: RefusalStatus; readonly why: string }

export type RefusalStatus = 400 | 401 | 403 | 405

/** What is knocked for. Only an upload changes anything, and only it is a POST. */
export type Purpose = 'page' | 'socket' | 'upload'

type Knock = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>

const WELCOME: Verdict = { kind: 'welcome' }
const refused = (status: RefusalStatus, why: string): Verdict => ({ kind: 'refused', status, why })

/** Cookies don't know ports: without it, two Pandas on one machine would overwrite each other's. */
export const cookieName = (port: number): string => `panda-${port}`

/**
 * Decides on a request before anything is done about it. Loopback is no trust boundary: any page the
 * person visits can send requests here (cross-site), even under a name of its own (DNS rebinding).
 */
export function judge(request: Knock, gate: Gate, purpose: Purpose): Verdict {
  return (
    judgeHost(request, gate.port) ??
    judgeMethod(request, purpose) ??
    judgeOrigin(request, gate, purpose) ??
    judgeToken(request, gate, purpose)
  )
}

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i
const MAX_PORT = 65_535

function isWellFormedHost(host: string): boolean {
  const match = HOST.exec(host)
  return match !== null && Number(match[1] ?? 0) <= MAX_PORT
}

function ownHosts(port: number): readonly string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  const named = names.map((name) => `${name}:${port}`)
  return port === 80 ? [...named, ...names] : named // browsers leave out the scheme's own port
}

/** Counted in the raw list: Node silently keeps the first of two. */
const countOf = (request: Knock, name: string): number =>
  request.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === name).length

function judgeHost(request: Knock, port: number): Verdict | null {
  const { host } = request.headers
  if (host === undefined || countOf(request, 'host') > 1 || !isWellFormedHost(host)) {
    return refused(400, 'the Host header is missing or malformed')
  }
  if (!request.url?.startsWith('/')) return refused(400, 'the request does not name a path')
  if (ownHosts(port).includes(host.toLowerCase())) return null
  return refused(403, 'this address is not served under that host name')
}

function judgeOrigin(request: Knock, gate: Gate, purpose: Purpose): Verdict | null {
  const { host, origin } = request.headers
  if (origin === undefined) {
    // A browser always names the origin of a WebSocket and of a POST. What does not is a program, and has the token.
    if (purpose !== 'page' && !bearsToken(request, gate.token)) {
      return refused(
        403,
        'a connection without an Origin needs the token in an Authorization header',
      )
    }
    return judgeFetchSite(request)
  }
  if (origin === 'null') return refused(403, 'requests from an opaque origin are refused')
  const named = /^[a-z][a-z0-9+.-]*:\/\/(.+)$/i.exec(origin)?.[1]
  if (countOf(request, 'origin') > 1 || named === undefined || !isWellFormedHost(named)) {
    return refused(400, 'the Origin header is malformed')
  }
  if (origin.toLowerCase() === `http://${host ?? ''}`.toLowerCase()) return null
  return refused(403, 'requests from other sites are refused')
}

/** Another port of this machine is the same site, so its page's requests come with our cookie. */
function judgeFetchSite(request: Knock): Verdict | null {
  const site = request.headers['sec-fetch-site']
  const isForeign = site === 'cross-site' || site === 'same-site'
  if (!isForeign || request.headers['sec-fetch-mode'] === 'navigate') return null
  return refused(403, 'requests from other sites are refused')
}

function judgeMethod(request: Knock, purpose: Purpose): Verdict | null {
  if (purpose === 'upload') {
    return request.method === 'POST' ? null : refused(405, 'only POST is answered here')
  }
  if (request.method === 'GET' || request.method === 'HEAD') return null
  return refused(405, 'only GET and HEAD are answered here')
}

function judgeToken(request: Knock, gate: Gate, purpose: Purpose): Verdict {
  const [path, query] = splitTarget(request.url ?? '')
  const given = new URLSearchParams(query).get('token')
  if (purpose === 'page' && path === '/' && given !== null) {
    return isToken(given, gate.token) ? { kind: 'sign-in' } : refused(401, 'the token is not right')
  }
  if (bearsToken(request, gate.token)) return WELCOME
  const cookie = parseCookie(request.headers.cookie ?? '')[cookieName(gate.port)]
  if (cookie !== undefined && isToken(cookie, gate.token)) return WELCOME
  return refused(401, 'the token is missing')
}

/** The path and the query of a request's target, neither decoded. */
export function splitTarget(target: string): readonly [path: string, query: string] {
  const at = target.indexOf('?')
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
}

function bearsToken(request: Knock, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  return given !== undefined && isToken(given, token)
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** In constant time, whatever the length of what was given. */
const isToken = (given: string, token: string): boolean =>
  timingSafeEqual(digest(given), digest(token))
