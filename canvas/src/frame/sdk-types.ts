// The compiler's proof that the SDK's source is what its declarations promise, in both directions. No code.
import type * as Declared from '@atoll/sdk/atoll-sdk.d.ts'
import type * as Source from '@atoll/sdk'

type Public = 'api' | 'useEvents' | 'useQuery'
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never

export const sdkMatchesItsDeclarations: [
  Same<Pick<typeof Source, Public>, Pick<typeof Declared, Public>>,
  Same<keyof typeof Source, keyof typeof Declared>,
  Same<Source.ApiError, Declared.ApiError>,
] = [true, true, true]
