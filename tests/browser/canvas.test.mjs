// The canvas itself: keyboard, layout shared between browsers, a host that goes away and comes back.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { launch, openPage, picture, until } from './support/browser.mjs'
import { appFrame, appNames, appWindow, closeCard, create, newApp, promptField, standing, TODO_PROMPT } from './support/canvas.mjs'
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
  await page.keyboard.press('Space')
  await page.locator('.react-flow__node.selected').waitFor()
  await page.keyboard.press('Alt+ArrowLeft')
  await until('also once it is selected; it stays where it is', async () => isDeepStrictEqual((await layout()).nodes[app], place))
  await page.keyboard.press('ArrowRight')
  await until('an arrow moves it', async () => (await layout()).nodes[app].x > place.x)
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

  await standing(appWindow(first.page, app))
  const title = appWindow(first.page, app).getByRole('heading', { level: 2 })
  const box = await title.boundingBox()
  await first.page.mouse.move(box.x + 10, box.y + 10)
  await first.page.mouse.down()
  await first.page.mouse.move(box.x + 130, box.y + 70, { steps: 8 })
  await first.page.mouse.up()
  await until('the app moves', async () => (await positionOf(first.page, app)) !== start)
  await until('the second browser follows', async () => (await positionOf(second.page, app)) === (await positionOf(first.page, app)), 3_000)
  const moved = await positionOf(first.page, app)

  await second.page.reload()
  await second.page.locator('.react-flow__node').first().waitFor()
  assert.equal(await positionOf(second.page, app), moved)
  await first.close()
  await second.close()
})

test('a description that is too long is said to be, and nothing of it is cut off', async () => {
  const { page, close } = await openPage(browser, server.url)
  const text = 'long '.repeat(1_000)
  await promptField(page).fill(text)
  await page.getByRole('alert').getByText('too long').waitFor()
  assert.equal(await promptField(page).inputValue(), text)
  assert.ok(await page.getByRole('button', { name: 'Create the app' }).isDisabled())
  await promptField(page).fill('short')
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await close()
})

test('on a narrow screen a new app stands below the bar at the top', async () => {
  const { page, close } = await openPage(browser, server.url, { viewport: { width: 390, height: 844 } })
  const app = await create(page, 'Keep notes with tags and a search')
  await closeCard(page)
  await standing(appWindow(page, app))
  const bar = await page.locator('main > header').boundingBox()
  const window = await appWindow(page, app).boundingBox()
  assert.ok(window.y >= bar.y + bar.height - 16, `the window starts at ${window.y}, the bar ends at ${bar.y + bar.height}`)
  await close()
})

test('a host that was restarted is found again without a reload, and nothing is lost', async () => {
  const { page, close } = await openPage(browser, server.url)
  const known = await appNames(page)
  assert.ok(known.length > 0)
  await page.evaluate(() => {
    globalThis.notReloaded = true
  })
  const port = new URL(server.url).port
  await server.stop({ keep: true })
  await page.getByText('Reconnecting…').waitFor()
  server = await startServer({ data: server.data, port })
  await page.getByText('Live', { exact: true }).waitFor()
  assert.deepEqual(await appNames(page), known)
  assert.equal(await page.evaluate(() => globalThis.notReloaded), true)
  await close()
})
