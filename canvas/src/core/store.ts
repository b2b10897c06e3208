// A value that can be watched. The whole core speaks through these; React reads them in ui/use-store.ts.

export class Store<Value> {
  private value: Value
  private readonly listeners = new Set<() => void>()

  constructor(value: Value) {
    this.value = value
  }

  readonly get = (): Value => this.value

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  set(value: Value): void {
    if (Object.is(value, this.value)) return
    this.value = value
    for (const listener of [...this.listeners]) listener()
  }

  update(change: (value: Value) => Value): void {
    this.set(change(this.value))
  }
}

/** Something that happens; nothing is kept. */
export class Signal<Value> {
  private readonly listeners = new Set<(value: Value) => void>()

  readonly subscribe = (listener: (value: Value) => void): (() => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  emit(value: Value): void {
    for (const listener of [...this.listeners]) listener(value)
  }
}

/** The list with one more at its end, and at most `max` long: the oldest go. */
export function pushBounded<Item>(list: readonly Item[], item: Item, max: number): readonly Item[] {
  return list.length < max ? [...list, item] : [...list.slice(list.length - max + 1), item]
}
