// A real `atoll serve` on a free port with a data folder of its own.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BINARY = process.env.ATOLL_BIN ?? fileURLToPath(new URL('../../../target/debug/atoll', import.meta.url))
const START_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 15_000

/** Starts a server. `data` continues with the data of an earlier one; `port` takes its place. */
export async function startServer({ data, port = 0 } = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'atoll-browser-')))
  const child = spawn(BINARY, ['serve', '--listen', `127.0.0.1:${port}`, '--data', folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log = (log + text).slice(-20_000)
  })
  let timer
  const listening = new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`${BINARY} serve ${reason}\n${log}`))
    timer = setTimeout(() => fail(`did not listen within ${START_WITHIN_MS} ms`), START_WITHIN_MS)
    child.once('error', (error) => fail(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? `status ${code}`}`))
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-20_000)
      const match = /^listening on (http:\/\/\S+)$/m.exec(output)
      if (match) resolve(match[1].replace(/\/$/, ''))
    })
  })
  const url = await listening
    .catch(async (error) => {
      child.kill('SIGKILL')
      if (data === undefined) await rm(folder, { recursive: true, force: true })
      throw error
    })
    .finally(() => clearTimeout(timer))
  return {
    url,
    data: folder,
    log: () => log,
    /** Ends the server; with `keep` its data stays. */
    async stop({ keep = false } = {}) {
      // One that ended by itself has said so already.
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGTERM')
        const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
        await ended
        clearTimeout(kill)
      }
      if (!keep) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Another site: a listener that remembers every request it gets. */
export async function startOtherSite() {
  const requests = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    response.setHeader('access-control-allow-origin', '*')
    response.end('<!doctype html><title>Another site</title>')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, requests, stop: () => new Promise((resolve) => server.close(resolve)) }
}
