// Where things are on the plane. Plain arithmetic in the plane's own units (CSS pixels at zoom 1).

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export type Rect = Point & Size

/** Empty space kept between apps that the canvas places. */
export const GAP = 48
const GRID = 24

export const overlaps = (a: Rect, b: Rect, gap = 0): boolean =>
  a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap

export const contains = (outer: Rect, inner: Rect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

export function bounds(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null
  const x = Math.min(...rects.map((r) => r.x))
  const y = Math.min(...rects.map((r) => r.y))
  const right = Math.max(...rects.map((r) => r.x + r.width))
  const bottom = Math.max(...rects.map((r) => r.y + r.height))
  return { x, y, width: right - x, height: bottom - y }
}

/**
 * A free place near `near` (the top left corner that would be best). Besides that corner, the places beside
 * the windows that are there are looked at, in line with them: that keeps the plane tidy, and the place right
 * of the rightmost one is always free.
 */
export function freePlace(taken: readonly Rect[], size: Size, near: Point): Point {
  const best = { x: snap(near.x), y: snap(near.y) }
  const isFree = (place: Point): boolean => taken.every((rect) => !overlaps({ ...place, ...size }, rect, GAP))
  if (isFree(best)) return best
  // Up and down counts for more: screens are wide.
  const distance = (place: Point): number => Math.hypot(place.x - best.x, 1.5 * (place.y - best.y))
  const places = taken.flatMap((rect) => placesBeside(rect, size, best)).toSorted((a, b) => distance(a) - distance(b))
  return places.find(isFree) ?? best
}

/** On a grid, so that windows made one after another are in line. */
const snap = (value: number): number => Math.round(value / GRID) * GRID

/** Right, left, below and above a window; in line with its edge, or as near to the best place as that side allows. */
function placesBeside(rect: Rect, size: Size, best: Point): Point[] {
  const right = rect.x + rect.width + GAP
  const left = rect.x - size.width - GAP
  const below = rect.y + rect.height + GAP
  const above = rect.y - size.height - GAP
  return [rect.y, best.y].flatMap((y) => [{ x: right, y }, { x: left, y }]).concat([rect.x, best.x].flatMap((x) => [{ x, y: below }, { x, y: above }]))
}
