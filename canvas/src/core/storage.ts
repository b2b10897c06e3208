// The browser's storage where there is one. A browser may refuse it (cookies blocked) or be full; what is kept
// there is a convenience, so that is no failure.

export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** `open` is called each time: reading `window.localStorage` itself may throw. */
export function forgivingStorage(open: () => TextStorage): TextStorage {
  const attempt = <Answer>(run: (storage: TextStorage) => Answer, otherwise: Answer): Answer => {
    try {
      return run(open())
    } catch {
      return otherwise
    }
  }
  return {
    getItem: (key) => attempt((storage) => storage.getItem(key), null),
    setItem: (key, text) => attempt((storage) => storage.setItem(key, text), undefined),
    removeItem: (key) => attempt((storage) => storage.removeItem(key), undefined),
  }
}
