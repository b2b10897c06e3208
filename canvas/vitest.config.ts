import { defineConfig } from 'vitest/config'
import { sdkAlias, sharedPackages } from './build/paths.ts'

export default defineConfig({
  resolve: { alias: sdkAlias, dedupe: sharedPackages },
  test: { include: ['src/**/*.test.{ts,tsx}', 'build/**/*.test.ts'], environment: 'node' },
})
