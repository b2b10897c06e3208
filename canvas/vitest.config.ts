import { defineConfig } from 'vitest/config'
import { sdkAlias, sharedPackages } from './build/paths.ts'

export default defineConfig({
  resolve: { alias: sdkAlias, dedupe: sharedPackages },
  test: { include: ['src/**/*.test.ts', 'build/**/*.test.ts'], environment: 'node' },
})
