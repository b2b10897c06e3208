// Makes the npm modules that backends may import into readable ES modules, one file a module, with shared
// chunks, and the table that the build includes them by.
//
// In: node_modules (npm ci). Out: modules/ and types/, VERSION, table.rs and types.rs. The same input gives the same output; run with
// --check it writes nothing and fails when what is there differs.
//
// Module names are what an import says, exactly (`hono/cors`); a shared chunk is `hono/_chunk/HASH`.

import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const check = process.argv.includes("--check");

// What a backend needs. Absent on purpose: adapters for other platforms, JSX (backends answer with data),
// and middleware over what the sandbox has not (Cache API, AsyncLocalStorage, file system).
const HONO = [
  "", "accepts", "adapter", "basic-auth", "bearer-auth", "body-limit", "combine", "compress", "cookie", "cors", "csrf", "etag",
  "factory", "hono-base", "html", "http-exception", "jwt", "language", "logger", "method-override",
  "powered-by", "pretty-json", "quick", "request-id", "route", "router", "router/linear-router",
  "router/pattern-router", "router/reg-exp-router", "router/smart-router", "router/trie-router", "secure-headers",
  "streaming", "testing", "timeout", "timing", "tiny", "trailing-slash", "types", "utils/jwt", "validator",
];
const ZOD = ["", "v4"];

// Of zod, two things stay out. Fifty languages of error messages weigh more than the rest of it: English stays.
// And `compile` makes code of text with `new Function`, which the sandbox has not: it answers the schema itself, as
// zod's own does for a schema that it cannot compile.
const trimmedZod = {
  name: "trimmed-zod",
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
      loader: "js",
    }));
    onLoad({ filter: /zod[\\/]v4[\\/]core[\\/]compile\.js$/ }, () => ({
      contents: `
        export const INVALID = Symbol.for("zod.compile.invalid");
        export class ZodCompileAsyncError extends Error {}
        export class ZodCompileUnsupportedError extends Error {}
        export function compile(schema, options) {
          if (options?.strict) throw new ZodCompileUnsupportedError("code cannot be made at run time in the sandbox");
          return schema;
        }
        export function compileFn() {
          throw new ZodCompileUnsupportedError("code cannot be made at run time in the sandbox");
        }
        export const withParser = (schema) => schema;`,
      loader: "js",
    }));
  },
};

async function bundle(name, submodules, plugins = []) {
  const specifier = (sub) => (sub ? `${name}/${sub}` : name);
  const result = await build({
    absWorkingDir: here,
    entryPoints: submodules.map((sub) => ({ in: specifier(sub), out: `${name}/${sub || "index"}` })),
    outdir: "modules",
    chunkNames: `${name}/_chunk/[hash]`,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2023",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    legalComments: "inline",
    charset: "utf8",
    write: false,
    plugins,
  });
  const names = new Map();
  for (const sub of submodules) names.set(`${name}/${sub || "index"}.js`, specifier(sub));
  return result.outputFiles
    .map((file) => {
      const path = posix.normalize(file.path.slice(join(here, "modules").length + 1).replaceAll("\\", "/"));
      const moduleName = (p) => names.get(p) ?? p.replace(/\.js$/, "");
      const imports = new Set();
      // esbuild writes each import of a chunk as a relative path on a line of its own.
      const rename = (all, before, quoted) => {
        const target = moduleName(posix.join(posix.dirname(path), quoted));
        imports.add(target);
        return `${before}"${target}"`;
      };
      const code = file.text
        .replace(/^(\} from |import )"(\.[^"]+)"/gm, rename)
        .replace(/^(import .* from |export .* from )"(\.[^"]+)"/gm, rename);
      if (/(from|import) "\./.test(code)) throw new Error(`${path}: an import was not renamed`);
      return { path, name: moduleName(path), code, imports: [...imports].sort() };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function table(modules) {
  const rows = modules.map(({ name, path, imports }) => {
    const list = imports.map((i) => JSON.stringify(i)).join(", ");
    return [
      "    VendoredModule {",
      `        name: ${JSON.stringify(name)},`,
      `        source: include_str!("modules/${path}"),`,
      `        imports: &[${list}],`,
      "    },",
    ].join("\n");
  });
  return `// Made by vendor.mjs; do not edit.\n&[\n${rows.join("\n")}\n]\n`;
}

// Types for `atoll check`: the declarations of the same modules and what they import. The JSON of a package's
// `exports` says where each module's declarations are.
function declarations(name, submodules) {
  const root = join(here, "node_modules", name);
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const entry = (sub) => {
    const exact = exports[sub ? `./${sub}` : "."];
    const found = exact ?? exports["./utils/*"];
    const types = found.types ?? found.import?.types;
    const path = (typeof types === "string" ? types : types.default).replace("*", sub.replace("utils/", ""));
    return posix.normalize(path.replace(/\.d\.cts$/, ".d.ts"));
  };
  const entries = submodules.map((sub) => [sub ? `${name}/${sub}` : name, entry(sub)]);
  const files = new Map();
  const todo = entries.map(([, path]) => path);
  while (todo.length > 0) {
    const path = todo.pop();
    if (files.has(path)) continue;
    let text = readFileSync(join(root, path), "utf8");
    if (path.endsWith("locales/index.d.ts")) text = 'export { default as en } from "./en.js";\n';
    // Comments are for an editor; a type checker only reads them.
    text = text.replace(/\/\*\*[\s\S]*?\*\/\n?[ \t]*/g, "").replace(/^\/\/# sourceMappingURL.*$/gm, "");
    files.set(path, text);
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      const base = posix.join(posix.dirname(path), specifier).replace(/\.(js|mjs|cjs|d\.ts|ts)$/, "");
      const candidates = [`${base}.d.ts`, `${base}/index.d.ts`];
      const found = candidates.find((candidate) => existsSync(join(root, candidate)));
      if (!found) throw new Error(`${name}/${path}: no declarations for ${specifier}`);
      todo.push(found);
    }
  }
  return { entries, files: [...files].map(([path, text]) => [`${name}/${path}`, text]).sort((a, b) => (a[0] < b[0] ? -1 : 1)), name };
}

function typesTable(packages) {
  const entries = packages.flatMap((p) => p.entries.map(([name, path]) => `        (${JSON.stringify(name)}, ${JSON.stringify(`${p.name}/${path}`)}),`)).sort();
  const files = packages.flatMap((p) => p.files.map(([path]) => `        (${JSON.stringify(path)}, include_str!("types/${path}")),`));
  return `// Made by vendor.mjs; do not edit.
Declarations {\n    entries: &[\n${entries.join("\n")}\n    ],\n    files: &[\n${files.join("\n")}\n    ],\n}\n`;
}

const version = (name) => JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8")).version;
const modules = [...(await bundle("hono", HONO)), ...(await bundle("zod", ZOD, [trimmedZod]))]
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const outputs = new Map(modules.map((m) => [`modules/${m.path}`, m.code]));
for (const name of ["hono", "zod"]) {
  outputs.set(`modules/${name}/LICENSE`, readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8"));
}
outputs.set("VERSION", ["hono", "zod", "esbuild"].map((n) => `${n} ${version(n)}`).join("\n") +
  "\nChanged against the npm packages: bundled into one file a module with shared chunks; zod keeps its English messages only, and its compile() answers the schema itself.\n");
outputs.set("table.rs", table(modules));
const types = [declarations("hono", HONO), declarations("zod", ZOD)];
for (const { files } of types) for (const [path, text] of files) outputs.set(`types/${path}`, text);
outputs.set("types.rs", typesTable(types));

if (check) {
  const stale = [...outputs].filter(([path, text]) => {
    const full = join(here, path);
    return !existsSync(full) || readFileSync(full, "utf8") !== text;
  });
  const extra = ["modules", "types"].flatMap((folder) =>
    readdirSync(join(here, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(here.length + 1).replaceAll("\\", "/")))
    .filter((path) => !outputs.has(path));
  if (stale.length + extra.length > 0) {
    console.error(`stale: ${[...stale.map(([path]) => path), ...extra].join(", ")}; run: node vendor.mjs`);
    process.exit(1);
  }
} else {
  for (const folder of ["modules", "types"]) rmSync(join(here, folder), { recursive: true, force: true });
  for (const [path, text] of outputs) {
    mkdirSync(dirname(join(here, path)), { recursive: true });
    writeFileSync(join(here, path), text);
  }
  const bytes = modules.reduce((sum, m) => sum + m.code.length, 0);
  console.log(`${modules.length} modules, ${bytes} bytes`);
}
