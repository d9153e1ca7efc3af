import type { SearchStep } from './read-study.ts'

export const STEP_WORDS: { readonly [S in SearchStep]: string } = {
  trained: 'What is trained',
  searched: 'What is searched',
  how: 'How',
  start: 'Start',
}
