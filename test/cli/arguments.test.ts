import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../cli/commands/index.ts'
import { fakeHost, panda, terminal } from './fake-host.ts'

describe('the command line', () => {
  test('an unknown command is named, with the nearest one, and nothing is opened', async () => {
    const host = fakeHost({})

    const { code, out, err } = await panda(['trian', 'd'], host)

    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toBe('panda: there is no command "trian". Did you mean "train"?\n')
    expect(host.calls).toEqual([])
  })

  test('a word that is like no command points to the help', async () => {
    expect((await panda(['frobnicate'])).err).toContain('See panda --help.')
    expect((await panda(['constructor'])).err).toContain('there is no command "constructor"')
  })

  test('an unknown option is named, with the nearest one', async () => {
    const { code, err } = await panda(['train', 'd', '--epoch', '5'])

    expect(code).toBe(2)
    expect(err).toBe('panda: panda train has no option --epoch. Did you mean "--epochs"?\n')
  })

  test.each([
    [['show'], 'panda show needs RUN'],
    [['nudge', 'd'], 'panda nudge needs NAME=VALUE'],
    [['show', 'd', 'e'], 'panda show cannot use "e"'],
    [['ls', '--json=yes'], '--json takes no value'],
    [['train', 'd', '--steps'], '--steps needs a value'],
    [['train', 'd', '--steps', '1', '--steps', '2'], '--steps is given twice'],
    [['--json', 'ls'], 'panda has no option --json before the command'],
    [['ls', '-j'], 'panda ls has no option -j'],
  ])('%j is refused: %s', async (argv, message) => {
    const { code, out, err } = await panda(argv)

    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(`panda: ${message}`)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  test('errors stay on stderr with --json too', async () => {
    const { out, err } = await panda(['show', '--json'])

    expect(out).toBe('')
    expect(err).toMatch(/^panda: /)
  })

  test.each(Object.keys(COMMANDS))('%s --help shows an example of it', async (name) => {
    const { code, out, err } = await panda([name, '--help'])

    expect(code).toBe(0)
    expect(err).toBe('')
    expect(out).toContain(`  panda ${name}`)
    expect(out).toContain('--data-dir DIR')
  })

  test('--help lists every command; help COMMAND and -h work as well', async () => {
    const overview = await panda(['--help'])

    for (const name of Object.keys(COMMANDS)) expect(overview.out).toContain(`\n  ${name}`)
    expect((await panda(['help', 'train'])).out).toBe((await panda(['train', '-h'])).out)
  })

  test('no command at all is a failure that shows the help on stderr', async () => {
    const { code, out, err } = await panda([])

    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain('Commands')
  })

  test('--version prints the version', async () => {
    expect(await panda(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' })
  })

  test('--data-dir beats PANDA_DATA_DIR, which beats the default', async () => {
    const host = fakeHost({ 'runs:list': () => [] })
    const plain = terminal(host)
    const variable = terminal(host, { variables: { PANDA_DATA_DIR: '/variable' } })

    await panda(['ls'], host, plain)
    await panda(['ls'], host, variable)
    await panda(['ls', '--data-dir', 'here'], host, variable)

    expect(plain.dataDirs).toEqual(['/default'])
    expect(variable.dataDirs).toEqual(['/variable', '/work/here'])
  })

  test('the host is closed after a command and after a failure', async () => {
    const good = fakeHost({ 'runs:list': () => [] })
    const bad = fakeHost({})

    await panda(['ls'], good)
    await panda(['ls'], bad)

    expect(good.calls.at(-1)).toEqual(['close'])
    expect(bad.calls.at(-1)).toEqual(['close'])
  })
})
