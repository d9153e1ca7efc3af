import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

/**
 * The walls between the folders (docs/architecture.md): each row says what a folder may not import.
 * A file belongs to the last row that matches it, and rows don't add up, so each is built in full.
 */
const wall = (files, patterns, { except = [] } = {}) => ({
  files,
  ignores: except,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
})

const deny = (message, ...regexes) => regexes.map((regex) => ({ regex, message }))

const NO_NODE = deny('The pure parts run anywhere: neither Node nor the DOM.', '^node:')
const NO_SQLITE = deny('Only core/store talks to SQLite.', '^better-sqlite3$')
const NO_ENGINE = deny('Only core/engine talks to ONNX Runtime.', '^onnxruntime-')
const NO_ELECTRON = deny('Only electron/ talks to Electron.', '^electron(/|$)')
const NO_SHELLS = deny('core/ knows no shell.', '(^|/)(electron|cli|renderer)/')
const NO_OTHER_SHELLS = (...others) =>
  deny('A shell knows core/ and itself.', `(^|/)\\.\\./(${others.join('|')})/`)
const NO_VUE = deny('Only renderer/ draws.', '^(vue|pinia|chart\\.js|reka-ui|@vueuse/|@lucide/)')

const CORE = [...NO_SHELLS, ...NO_ELECTRON, ...NO_VUE]
const PURE = ['core/errors.ts', 'core/{protocol,tape,nn,optim,random,series,guard,search}/**/*.ts']
const IMPURE_CORE = '(^|/)core/(data|engine|onnx|session|store|web)/(?!state\\.ts$)'
const TO_IMPURE_SIBLING = '(^|\\./)(data|engine|onnx|session|store|web)/(?!state\\.ts$)'

const PURE_WALL = [
  ...CORE,
  ...NO_SQLITE,
  ...NO_ENGINE,
  ...NO_NODE,
  ...deny('Pure parts import pure parts.', TO_IMPURE_SIBLING),
]

const walls = [
  wall(['core/**/*.ts'], [...CORE, ...NO_SQLITE, ...NO_ENGINE]),
  wall(['core/store/**/*.ts'], [...CORE, ...NO_ENGINE]),
  wall(['core/engine/**/*.ts'], [...CORE, ...NO_SQLITE]),
  wall(PURE, PURE_WALL),
  wall(['core/session/state.ts'], [...PURE_WALL, ...deny('The state is pure.', '^\\./')]),
  wall(
    ['cli/**/*.ts'],
    [
      ...NO_ELECTRON,
      ...NO_SQLITE,
      ...NO_ENGINE,
      ...NO_VUE,
      ...NO_OTHER_SHELLS('electron', 'renderer'),
    ],
  ),
  wall(
    ['electron/**/*.ts'],
    [...NO_SQLITE, ...NO_ENGINE, ...NO_VUE, ...NO_OTHER_SHELLS('cli', 'renderer')],
  ),
  wall(
    ['renderer/**/*.{ts,vue}'],
    [
      ...NO_NODE,
      ...NO_ELECTRON,
      ...NO_SQLITE,
      ...NO_ENGINE,
      ...NO_OTHER_SHELLS('cli', 'electron'),
      ...deny('The window knows the pure parts of core/ alone.', IMPURE_CORE),
    ],
    { except: ['renderer/vite.config.ts'] },
  ),
]

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'node_modules/', 'test-results/', 'playwright-report/'] },
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: {
      parser: vueParser,
      parserOptions: { parser: tseslint.parser, sourceType: 'module' },
    },
    rules: {
      eqeqeq: 'error',
      'vue/require-default-prop': 'off', // an optional prop of TypeScript says it

      'no-console': 'off',
      'no-else-return': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // `_` says that a thing is there to be passed over.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // The listener of an error that is expected, and a signal that is left to another process.
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Named exports only, except where a tool demands a default.',
        },
      ],
    },
  },
  { files: ['**/*.config.{ts,js}'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['{core,cli,electron,scripts}/**/*.ts', 'test/**/*.ts', 'renderer/**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['core', 'cli', 'electron', 'renderer', 'test'].map(
          (layer) => `tsconfig/${layer}.json`,
        ),
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    // Indices of a loop are in range by its bounds; the compiler can't know it.
    files: [
      'core/**/*.ts',
      'renderer/chart/**/*.ts',
      'renderer/search/curves/**/*.ts',
      'test/**/*.ts',
      'bench/**/*.ts',
    ],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  ...walls,
  prettier,
)
