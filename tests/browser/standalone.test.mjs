// An app's page on its own, with no canvas around it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, openPage } from './support/browser.mjs'
import { addTask, addTaskIn, appFrame, create, today, TODO_PROMPT } from './support/canvas.mjs'
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

test('a page on its own works, has an opaque origin, and follows its events without a canvas', async () => {
  const canvas = await openPage(browser, server.url)
  const app = await create(canvas.page, TODO_PROMPT)

  const page = await (await browser.newContext()).newPage()
  const problems = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  const followed = page.waitForResponse((response) => new URL(response.url()).pathname === `/apps/${app}/events`)
  await page.goto(`${server.url}/apps/${app}/`)
  await page.getByRole('heading').first().waitFor()
  assert.equal(await page.evaluate(() => globalThis.origin), 'null')
  assert.equal((await followed).status(), 200)

  const day = await today(canvas.page)
  await addTaskIn(page, { title: 'From the page', category: 'Home', due: day, priority: 'High' })
  await page.getByText('From the page').first().waitFor()
  await appFrame(canvas.page, app).getByText('From the page').first().waitFor({ timeout: 2_000 })

  await addTask(canvas.page, app, { title: 'From the canvas', category: 'Home', due: day, priority: 'Low' })
  await page.getByText('From the canvas').first().waitFor({ timeout: 2_000 })
  assert.deepEqual(problems, [])
  await canvas.close()
})
