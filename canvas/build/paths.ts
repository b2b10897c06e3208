// Where the sources outside this folder are, for both builds and the tests.
import { fileURLToPath } from 'node:url'

const sdk = fileURLToPath(new URL('../../guest-sdk/js/frontend/', import.meta.url))

/** `@atoll/sdk` is the frontend SDK's source; a deeper path is one of its files. */
export const sdkAlias = [
  { find: /^@atoll\/sdk$/, replacement: `${sdk}index.ts` },
  { find: /^@atoll\/sdk\/(.*)$/, replacement: `${sdk}$1` },
]

/** Files of the SDK have no node_modules above them: React comes from this folder's. */
export const sharedPackages = ['react', 'react-dom']
