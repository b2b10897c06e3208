// The canvas: dist/index.html and dist/assets/*. What runs inside frames is built by vite.frame.config.ts.
import tailwind from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import { sdkAlias, sharedPackages } from './build/paths.ts'

export default defineConfig({
  plugins: [tailwind()],
  resolve: { alias: sdkAlias, dedupe: sharedPackages },
  build: {
    target: 'es2022',
    // light-dark(), field-sizing and the like stay as they are written.
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    modulePreload: { polyfill: false },
    // The page's policy has no `data:` for scripts or fonts; small pictures are inline SVG elements.
    assetsInlineLimit: 0,
    // React Flow marks its modules for React's server components, which are not used here.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  // `npx vite` beside a running host.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8787', ws: true }, '/apps': 'http://127.0.0.1:8787', '/assets/frame': 'http://127.0.0.1:8787' } },
})
