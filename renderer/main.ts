import './no-eval.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { dialFrom } from './link/bridge.ts'
import { linkKey, openLink } from './link/link.ts'
import { applyTheme, keptTheme } from './shell/theme.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/overlays.css'

// Before anything is drawn: no flash of the other colours.
applyTheme(keptTheme())

createApp(App)
  .provide(linkKey, openLink(dialFrom(window)))
  .use(createPinia())
  .mount('#app')
