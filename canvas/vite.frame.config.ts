// What a frame loads: dist/assets/frame/{shell,sdk,react,…,tailwind}.js. The entries keep their names, since
// the import map in a frame's document names them; what they share (one React) is in chunks with a hash.
import { defineConfig } from 'vite'
import { sdkAlias, sharedPackages } from './build/paths.ts'
import { reactEntry, reactModules } from './build/react-modules.ts'
import { tailwindScript } from './build/tailwind-script.ts'

export default defineConfig({
  publicDir: false,
  plugins: [reactModules(), tailwindScript()],
  resolve: { alias: sdkAlias, dedupe: sharedPackages },
  build: {
    target: 'es2022',
    outDir: 'dist/assets/frame',
    emptyOutDir: true,
    modulePreload: false,
    rolldownOptions: {
      preserveEntrySignatures: 'strict',
      input: {
        shell: 'src/frame/shell.tsx',
        sdk: '@atoll/sdk',
        react: reactEntry('react'),
        'react-jsx-runtime': reactEntry('react/jsx-runtime'),
        'react-dom': reactEntry('react-dom'),
        'react-dom-client': reactEntry('react-dom/client'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
    },
  },
})
