import { PandaError } from '../../core/errors.ts'
import { settings as settingsSchema, settingsChange } from '../../core/protocol/settings.ts'
import type { Settings, SettingsChange } from '../../core/protocol/settings.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { formatPairs } from '../output/table.ts'

/** Every setting as one flat list: `theme`, `notifications.day`, … */
const flat = ({ notifications, ...rest }: Settings): readonly (readonly [string, unknown])[] => [
  ...Object.entries(rest),
  ...Object.entries(notifications).map(([name, on]) => [`notifications.${name}`, on] as const),
]

const KEYS = flat(settingsSchema.parse({})).map(([key]) => key)

/** `null`, `true`, `4` as what they say, anything else as words. */
function valueOf(text: string): unknown {
  if (text === 'null' || text === 'none') return null
  if (text === 'true' || text === 'on') return true
  if (text === 'false' || text === 'off') return false
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** Reads `theme=dark notifications.day=off`. Throws `cli/usage`. */
function parseChange(words: readonly string[]): SettingsChange {
  const change: Record<string, unknown> = {}
  const notifications: Record<string, unknown> = {}
  for (const word of words) {
    const [key = '', ...rest] = word.split('=')
    if (!KEYS.includes(key) || rest.length === 0) {
      throw new PandaError(
        'cli/usage',
        `"${word}" changes no setting`,
        `Write one as in theme=dark; there are ${KEYS.join(', ')}.`,
      )
    }
    const [group, name] = key.split('.')
    if (name === undefined) change[key] = valueOf(rest.join('='))
    else if (group === 'notifications') notifications[name] = valueOf(rest.join('='))
  }
  const parsed = settingsChange.safeParse({
    ...change,
    ...(Object.keys(notifications).length > 0 && { notifications }),
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new PandaError(
    'cli/usage',
    `${issue?.path.join('.') ?? 'a setting'}: ${issue?.message ?? 'cannot be that'}`,
    'Nothing was changed.',
  )
}

export const settings = defineCommand({
  operands: ['[KEY=VALUE…]'],
  about: 'Shows or changes the settings that hold for every run and window.',
  options: {},
  examples: ['panda settings', 'panda settings theme=dark notifications.desktop=on threads=none'],
  async run(given, shell) {
    const words = given.rest(0)
    const change = words.length > 0 ? parseChange(words) : null
    const reply = await shell.withHost(async (host) =>
      change === null ? host.handlers['settings:read']() : host.handlers['settings:write'](change),
    )
    shell.print(
      shell.json
        ? toJson(reply)
        : formatPairs([
            ...flat(reply.settings).map(([key, value]) => [key, String(value ?? 'none')] as const),
            ['runs live in', reply.dataDir],
          ]),
    )
    return 0
  },
})
