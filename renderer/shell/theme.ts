import type { Settings } from '../../core/protocol/settings.ts'
import { kept } from '../ui/kept.ts'

export type Theme = Settings['theme']

const KEY = 'panda.theme'

/** Puts the theme on the page and remembers it, so that the next load starts with it, before the host answers. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  kept.setItem(KEY, theme)
}

/** The theme of the last visit. */
export function keptTheme(): Theme {
  const theme = kept.getItem(KEY)
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}
