// Debian's Chromium, and what the tests look at in it.
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const PICTURES = fileURLToPath(new URL('../../../target/browser/', import.meta.url))

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })

/** A page in a profile of its own. `problems` collects what a console would show in red, and foreign requests. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const problems = []
  page.on('console', (message) => message.type() === 'error' && problems.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => problems.push(`page: ${error.message}`))
  page.on('request', (request) => {
    const isOwn = request.url().startsWith(`${url}/`) || /^(data|blob|about):/.test(request.url())
    if (!isOwn) problems.push(`request to another host: ${request.url()}`)
  })
  await page.goto(`${url}/`)
  await page.getByText('Live', { exact: true }).waitFor()
  return { page, problems, close: () => context.close() }
}

export async function picture(page, name) {
  await mkdir(PICTURES, { recursive: true })
  await page.screenshot({ path: `${PICTURES}${name}.png` })
}

/** Waits until `probe` answers something true; fails with `what` otherwise. */
export async function until(what, probe, within_ms = 10_000) {
  const end_ms = performance.now() + within_ms
  for (;;) {
    const answer = await probe()
    if (answer) return answer
    if (performance.now() > end_ms) throw new Error(`not within ${within_ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
