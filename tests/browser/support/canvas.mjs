// What a person does at the canvas, by roles and labels.
import { until } from './browser.mjs'

export const TODO_PROMPT = 'Create a todo list with categories, due dates, and priority levels'
export const CALENDAR_PROMPT = 'Create a calendar that syncs with the todo app events'

export const promptField = (page) => page.getByRole('textbox', { name: 'Describe your micro-app' })
export const appWindow = (page, app) => page.locator(`section[data-app="${app}"]`)
export const appFrame = (page, app) => page.frameLocator(`section[data-app="${app}"] iframe`)
export const appNames = (page) => page.locator('section[data-app]').evaluateAll((windows) => windows.map((element) => element.dataset.app))

/** The frame's own execution context: code that runs there is as hostile as an app can be. */
export async function frameOf(page, app) {
  const handle = await page.locator(`section[data-app="${app}"] iframe`).elementHandle()
  return handle.contentFrame()
}

/** Types a prompt, waits for the app, answers its name. */
export async function create(page, prompt) {
  const before = await appNames(page)
  await promptField(page).fill(prompt)
  await promptField(page).press('Enter')
  return newApp(page, before)
}

export async function newApp(page, before) {
  const card = page.getByRole('region', { name: 'Creating an app' })
  await card.getByText('is ready on the canvas').or(card.getByRole('alert')).first().waitFor()
  const alert = card.getByRole('alert')
  if (await alert.count()) throw new Error(`the generation failed: ${await card.innerText()}`)
  await page.waitForFunction((known) => [...document.querySelectorAll('section[data-app]')].some((element) => !known.includes(element.dataset.app)), before)
  const app = (await appNames(page)).find((name) => !before.includes(name))
  await appFrame(page, app).getByRole('heading').first().waitFor()
  return app
}

export const closeCard = (page) => page.getByRole('region', { name: 'Creating an app' }).getByRole('button', { name: 'Close' }).click()

/** Fills a field of a generated form, whatever kind of input it is; a choice must offer the value. */
async function fill(form, label, value) {
  const field = form.getByLabel(label).first()
  const isSelect = await field.evaluate((element) => element.tagName === 'SELECT')
  if (!isSelect) return field.fill(value)
  return field.selectOption({ label: value })
}

/** Frames of drawing in which a thing must not move: the plane may still be on its way to a new app. */
const STANDING_FRAMES = 30

/** Waits until an element stands still in its own document. */
export const standing = (element) =>
  element.evaluate((target, frames) => {
    const place = () => JSON.stringify(target.getBoundingClientRect())
    return new Promise((resolve) => {
      let [last, still] = [place(), 0]
      const look = () => {
        const now = place()
        still = now === last ? still + 1 : 0
        last = now
        if (still >= frames) resolve()
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
  }, STANDING_FRAMES)

/** Where the middle of an element in an app's frame is on the screen. */
async function pointOf(iframe, element) {
  const box = await iframe.boundingBox()
  const { x, y, width } = await element.evaluate((target) => {
    const rect = target.getBoundingClientRect()
    return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, width: target.ownerDocument.defaultView.innerWidth }
  })
  const zoom = box.width / width
  return { x: box.x + x * zoom, y: box.y + y * zoom }
}

const isInSight = (page, app, at) =>
  page.evaluate(([x, y, name]) => document.elementFromPoint(x, y) === document.querySelector(`section[data-app="${name}"] iframe`), [at.x, at.y, app])

const CLICKS_MAX = 5
const HEARD_WITHIN_MS = 1_000

/**
 * Clicks in an app's frame with the mouse, where a person would. The plane may be zoomed, and a locator's own
 * `click` looks for its target at the place that the frame would have without that. What something else covers
 * is brought into view first, as a person would. A click that the target did not hear, because something moved
 * between the look and the click, is made again.
 */
export async function clickInFrame(page, app, locator) {
  await locator.waitFor()
  for (let clicks = 0; clicks < CLICKS_MAX; clicks += 1) {
    await locator.scrollIntoViewIfNeeded()
    const element = await locator.elementHandle()
    const iframe = await page.locator(`section[data-app="${app}"] iframe`).elementHandle()
    await standing(iframe)
    // In sight first: a browser draws no frames in what is out of it.
    if (!(await isInSight(page, app, await pointOf(iframe, element)))) {
      await page.getByRole('button', { name: /fit view/i }).click()
      continue
    }
    await standing(element)
    const point = await pointOf(iframe, element)
    const heard = await element.evaluateHandle((target) => {
      const click = { isHeard: false }
      target.addEventListener('click', () => (click.isHeard = true), { once: true, capture: true })
      return click
    })
    await page.mouse.click(point.x, point.y)
    if (await until('the click is heard', () => heard.evaluate((click) => click.isHeard), HEARD_WITHIN_MS).catch(() => false)) return
  }
  throw new Error(`${locator} in ${app} could not be clicked in ${CLICKS_MAX} tries`)
}

/** Adds a task in the app's window on the canvas. */
export const addTask = (page, app, task) => addTaskIn(appFrame(page, app), task, (locator) => clickInFrame(page, app, locator))

/** Adds a task through the form of a generated list; `root` is the page or the frame that shows it. */
export async function addTaskIn(root, task, click = (locator) => locator.click()) {
  const form = root.getByRole('form').last()
  if (!(await form.isVisible())) await click(root.getByRole('button', { name: /^(\+|add|new)/i }).first())
  await fill(form, /^(title|name|task|what)/i, task.title)
  await fill(form, /^categor/i, task.category)
  await fill(form, /due|date/i, task.due)
  await fill(form, /^priorit/i, task.priority)
  await click(form.locator('button[type=submit]'))
}

/** What a saved task holds, read from its own form. Leaves the form open. */
export async function savedTask(page, app, title) {
  const frame = appFrame(page, app)
  await clickInFrame(page, app, frame.getByRole('listitem').getByRole('button').filter({ hasText: title }).first())
  const form = frame.getByRole('form').last()
  const field = (label) => form.getByLabel(label).first()
  const shown = (label) => field(label).evaluate((element) => element.selectedOptions?.[0]?.text ?? element.value)
  return { title: await shown(/^(title|name|task|what)/i), category: await shown(/^categor/i), due: await shown(/due|date/i), priority: await shown(/^priorit/i) }
}

/** Today as a date field takes it, in the browser's own time zone. */
export const today = (page) =>
  page.evaluate(() => {
    const now = new Date()
    return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
  })
