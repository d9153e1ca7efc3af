// `npm run -s panda -- ARGS`: the command line of this checkout, built first if it must be.
import { ensureBuilt } from './build.ts'
import { runScript } from './run.mjs'

ensureBuilt()
// npm starts scripts in the project's folder; paths are meant from where the person stands.
const { INIT_CWD, npm_lifecycle_event } = process.env
if (npm_lifecycle_event === 'panda' && INIT_CWD !== undefined) process.chdir(INIT_CWD)
runScript('out/main/cli.js', process.argv.slice(2))
