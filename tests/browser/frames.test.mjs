// What a hostile page can do from its frame: nothing that matters. The code below runs inside an app's frame,
// with everything that the app itself could use.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, openPage, picture, until } from './support/browser.mjs'
import { appFrame, appWindow, create, frameOf, TODO_PROMPT } from './support/canvas.mjs'
import { startOtherSite, startServer } from './support/server.mjs'

let server
let browser
let other
let page
let app

before(async () => {
  server = await startServer()
  other = await startOtherSite()
  browser = await launch()
  ;({ page } = await openPage(browser, server.url))
  app = await create(page, TODO_PROMPT)
})
after(async () => {
  await browser?.close()
  await server?.stop()
  await other?.stop()
})

/** Runs code in the frame; what it throws or rejects with comes back as `refused: NAME`. */
async function attempt(code, argument) {
  const frame = await frameOf(page, app)
  return frame.evaluate(
    async ([text, value]) => {
      try {
        // Not within DevTools' own call, for which the browser lifts the page's policy.
        await new Promise((resolve) => setTimeout(resolve))
        return await globalThis.attempts[text](value)
      } catch (error) {
        return `refused: ${error.name}`
      }
    },
    [code, argument],
  )
}

const ATTEMPTS = `globalThis.attempts = {
  origin: () => self.origin,
  parentDocument: () => parent.document.title,
  topLocation: (url) => { top.location.href = url; return 'went' },
  storage: () => localStorage.length,
  cookies: () => document.cookie,
  indexedDb: () => new Promise((resolve) => { const request = indexedDB.open('x'); request.onsuccess = () => resolve('opened'); request.onerror = () => resolve('refused: ' + request.error.name) }),
  serviceWorker: () => navigator.serviceWorker.register('/sw.js').then(() => 'registered'),
  fetch: (url) => fetch(url).then((response) => response.status),
  fetchNoCors: (url) => fetch(url, { mode: 'no-cors' }).then(() => 'sent'),
  request: (url) => new Promise((resolve) => { const request = new XMLHttpRequest(); request.open('GET', url); request.onload = () => resolve(request.status); request.onerror = () => resolve('refused: error'); request.send() }),
  beacon: (url) => navigator.sendBeacon(url, 'data'),
  image: (url) => new Promise((resolve) => { const image = new Image(); image.onload = () => resolve('loaded'); image.onerror = () => resolve('refused: error'); image.src = url }),
  socket: (url) => new Promise((resolve) => { const socket = new WebSocket(url); socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused: error') }),
  popup: (url) => (window.open(url) === null ? 'refused: popup' : 'opened'),
  nested: (url) => new Promise((resolve) => { const inner = document.createElement('iframe'); inner.src = url; inner.onload = () => resolve('loaded'); document.body.append(inner); setTimeout(() => resolve('nothing'), 500) }),
  inline: () => { const script = document.createElement('script'); script.textContent = 'globalThis.ranInline = true'; document.body.append(script); return globalThis.ranInline === true ? 'ran' : 'refused: policy' },
  evaluate: () => (0, eval)('1 + 1'),
  forgedHello: (name) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event) => resolve(event.data.kind)
    parent.postMessage({ kind: 'atoll-hello', protocol: 1, app: name, revision: 1 }, '*', [port2])
    setTimeout(() => resolve('no answer'), 500)
  }),
  leave: (url) => { location.href = url; return 'tried' },
}`

test('a frame has an origin of its own and none of the browser\'s stores', async () => {
  await (await frameOf(page, app)).evaluate(ATTEMPTS)
  assert.equal(await attempt('origin'), 'null')
  for (const code of ['parentDocument', 'storage', 'cookies']) assert.equal(await attempt(code), 'refused: SecurityError', code)
  assert.match(await attempt('indexedDb'), /^refused/)
  assert.match(await attempt('serviceWorker'), /^refused/)
  assert.match(await attempt('topLocation', other.url), /^refused/)
})

test('a frame reaches its own backend and nothing else', async () => {
  const own = await appFrame(page, app).locator('#atoll-frame').evaluate((element) => JSON.parse(element.textContent))
  assert.equal(own.app, app)
  for (const path of ['/apps/bank/api/accounts', `/apps/${app}/api/../../bank/api/accounts`, '/healthz', '/api/v1/apps', '/api/v1/layout']) {
    // To the page's own `fetch` anything below /api is its own backend; XMLHttpRequest has no such idea.
    if (!path.startsWith('/api/')) assert.match(String(await attempt('fetch', `${server.url}${path}`)), /^refused/, path)
    assert.match(String(await attempt('request', `${server.url}${path}`)), /^refused/, path)
  }
  for (const code of ['fetch', 'fetchNoCors', 'request', 'image']) assert.match(String(await attempt(code, `${other.url}/?${code}`)), /^refused/, code)
  await attempt('beacon', `${other.url}/?beacon`)
  assert.match(await attempt('socket', `${server.url.replace('http', 'ws')}/api/v1/bus`), /^refused/)
  assert.match(await attempt('popup', `${other.url}/?popup`), /^refused/)
  await attempt('nested', `${other.url}/?nested`)
  assert.deepEqual(other.requests, [])
})

test('a frame runs no code but its modules, and gets no second port', async () => {
  assert.equal(await attempt('inline'), 'refused: policy')
  assert.match(String(await attempt('evaluate')), /^refused/)
  assert.equal(await attempt('forgedHello', app), 'no answer')
  assert.equal(await attempt('forgedHello', 'bank'), 'no answer')
})

test('an error of the page shows on the canvas', async () => {
  const frame = await frameOf(page, app)
  await frame.evaluate(() => void setTimeout(() => {
    throw new Error('the page broke on purpose')
  }))
  const logs = appWindow(page, app).getByRole('button', { name: /page errors?$/ })
  await logs.click()
  await page.getByRole('log').getByText('the page broke on purpose').waitFor()
  await page.keyboard.press('Escape')
})

test('a frame that leaves with data in the address is stopped and closed', async () => {
  await attempt('leave', `${other.url}/?stolen=1`).catch(() => undefined)
  await appWindow(page, app).getByText('tried to go somewhere else').waitFor()
  await picture(page, '9-frame-left')
  assert.equal(await appWindow(page, app).locator('iframe').count(), 0)
  assert.deepEqual(other.requests, [])
  assert.equal(new URL(page.url()).origin, new URL(server.url).origin)
  await appWindow(page, app).getByRole('button', { name: 'Load it again' }).click()
  await appFrame(page, app).getByRole('heading').first().waitFor()
})

test("a frame that goes to the host's other pages is closed as well", async () => {
  const frame = await until('the frame is back', () => frameOf(page, app).catch(() => null))
  await frame.evaluate(() => {
    location.href = '/api/v1/apps'
  }).catch(() => undefined)
  await appWindow(page, app).getByText('tried to go somewhere else').waitFor()
})
