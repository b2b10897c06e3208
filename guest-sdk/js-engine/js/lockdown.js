// No code from text. The realm has no compiler either (see `engine.rs`): this makes the refusal a clear one,
// and hides the constructors.

function refuse(name) {
  return function () {
    throw new EvalError(`${name} is not available: code from text does not run here`);
  };
}

export function lockDown() {
  const kinds = {
    Function: function () {},
    AsyncFunction: async function () {},
    GeneratorFunction: function* () {},
    AsyncGeneratorFunction: async function* () {},
  };
  for (const [name, sample] of Object.entries(kinds)) {
    const prototype = Object.getPrototypeOf(sample);
    const substitute = refuse(name);
    Object.defineProperty(substitute, "name", { value: name });
    if (name !== "Function") Object.setPrototypeOf(substitute, globalThis.Function);
    // `f instanceof Function` and `Function.prototype` stay what they were.
    Object.defineProperty(substitute, "prototype", { value: prototype, writable: false });
    Object.defineProperty(prototype, "constructor", { value: substitute, writable: false, configurable: false });
    if (name === "Function") Object.defineProperty(globalThis, "Function", { value: substitute, writable: true, configurable: true });
  }
  Object.defineProperty(globalThis, "eval", { value: refuse("eval"), writable: true, configurable: true });
  const WebAssembly = {};
  for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming", "validate", "Module", "Instance"]) {
    WebAssembly[name] = refuse(`WebAssembly.${name}`);
  }
  Object.defineProperty(globalThis, "WebAssembly", { value: WebAssembly, writable: true, configurable: true });
}
