// `@atoll/sdk` for pages: what an app's frontend imports. The import map of a frame's document points here.
// The backend's `@atoll/sdk` is another module, built into the JavaScript engine.
export { api, ApiError } from './api.ts'
export { useEvents, useQuery } from './hooks.ts'
