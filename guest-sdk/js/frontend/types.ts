// The shapes that apps see. `atoll-sdk.d.ts` repeats them with documentation for the people and programs that
// write apps; canvas/src/frame/sdk-types.ts makes the compiler compare the two.

export interface AppEvent<Data = unknown> {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time: string
  readonly subject?: string
  readonly data?: Data
}

export interface Query<Data> {
  readonly data: Data | undefined
  readonly error: Error | undefined
  readonly loading: boolean
  readonly refreshing: boolean
  readonly refresh: () => Promise<void>
}

export interface QueryOptions {
  readonly refreshOn?: string | readonly string[]
}
