// React is CommonJS. A frame imports it as ES modules by its import map, so each of its entry points gets a
// module here that names every export. The names are read from the package itself: a new version of React
// cannot leave one behind.
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const require = createRequire(import.meta.url)
const PREFIX = 'atoll-react:'
const isName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default'

/** The exports of a CommonJS package, as production code sees them. */
export function exportNames(specifier: string): string[] {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    return Object.keys(require(specifier) as object).filter(isName)
  } finally {
    // `undefined` would become the text "undefined".
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

/** The entry for a package: pass it as a build input. */
export const reactEntry = (specifier: string): string => PREFIX + specifier

export function reactModules(): Plugin {
  return {
    name: 'atoll-react-modules',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null
      const specifier = id.slice(PREFIX.length + 1)
      const names = exportNames(specifier)
      return [
        `import whole from ${JSON.stringify(specifier)};`,
        'export default whole;',
        ...names.map((name) => `export const ${name} = whole.${name};`),
      ].join('\n')
    },
  }
}
