#!/usr/bin/env node
import { runScript } from '../scripts/run.mjs'

runScript('out/main/cli.js', process.argv.slice(2))
