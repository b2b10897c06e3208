// The canvas itself: keyboard, layout shared between browsers, a host that goes away and comes back.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, openPage, picture, until } from './support/browser.mjs'
import { appFrame, appNames, appWindow, create, newApp, TODO_PROMPT } from './support/canvas.mjs'
import { startServer } from './support/server.mjs'

let server
let browser

before(async () => {
  server = await startServer()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

const layout = async () => (await fetch(`${server.url}/api/v1/layout`)).json()
const positionOf = (page, app) => page.locator(`.react-flow__node[data-id="${app}"]`).evaluate((node) => node.style.transform)

test('by keyboard alone: from the prompt to the app, into it, and around it', async () => {
  const { page, problems, close } = await openPage(browser, server.url)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Describe an app')
  await page.keyboard.press('Enter')
  await page.keyboard.type(TODO_PROMPT)
  const known = await appNames(page)
  await page.keyboard.press('Enter')
  const app = await newApp(page, known)

  const onNode = () => page.evaluate((name) => document.activeElement?.getAttribute('data-id') === name, app)
  for (let i = 0; i < 60 && !(await onNode()); i += 1) await page.keyboard.press('Shift+Tab')
  assert.ok(await onNode(), 'the app can be reached with Tab')
  await picture(page, '8-keyboard-focus')

  const place = (await until('the place is saved', async () => (await layout()).nodes[app])) ?? {}
  await page.keyboard.press('Alt+ArrowRight')
  await until('Alt and an arrow make it wider', async () => (await layout()).nodes[app].width === place.width + 24)
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowRight')

  const inFrame = () => page.evaluate(() => document.activeElement?.tagName === 'IFRAME')
  assert.ok(await inFrame(), 'Enter goes into the app')
  await page.keyboard.press('Tab')
  const focused = await appFrame(page, app).locator('*:focus').evaluate((element) => element.tagName)
  assert.match(focused, /^(A|BUTTON|INPUT|SELECT|TEXTAREA)$/)
  assert.deepEqual(problems, [])
  await close()
})

test('the layout is kept on the server, and a second browser follows it live', async () => {
  const first = await openPage(browser, server.url)
  const second = await openPage(browser, server.url)
  const app = (await appNames(first.page))[0] ?? (await create(first.page, TODO_PROMPT))
  const start = await positionOf(first.page, app)
  await until('both start alike', async () => (await positionOf(second.page, app)) === start)

  const title = appWindow(first.page, app).getByRole('heading', { level: 2 })
  const box = await title.boundingBox()
  await first.page.mouse.move(box.x + 10, box.y + 10)
  await first.page.mouse.down()
  await first.page.mouse.move(box.x + 130, box.y + 70, { steps: 8 })
  await first.page.mouse.up()
  const moved = await positionOf(first.page, app)
  assert.notEqual(moved, start)
  await until('the second browser follows', async () => (await positionOf(second.page, app)) === moved, 3_000)

  await second.page.reload()
  await second.page.locator('.react-flow__node').first().waitFor()
  assert.equal(await positionOf(second.page, app), moved)
  await first.close()
  await second.close()
})

test('a host that was restarted is found again without a reload, and nothing is lost', async () => {
  const { page, close } = await openPage(browser, server.url)
  const [app] = await appNames(page)
  await page.evaluate(() => {
    globalThis.notReloaded = true
  })
  const port = new URL(server.url).port
  await server.stop({ keep: true })
  await page.getByText('Reconnecting…').waitFor()
  server = await startServer({ data: server.data, port })
  await page.getByText('Live', { exact: true }).waitFor()
  assert.deepEqual(await appNames(page), [app])
  assert.equal(await page.evaluate(() => globalThis.notReloaded), true)
  await close()
})
