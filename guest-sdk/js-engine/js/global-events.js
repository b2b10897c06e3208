// The global object as an EventTarget, and reportError.
import { ErrorEvent } from "internal:event-kinds";
import { EventTarget } from "internal:events";
import { console } from "internal:console";
import { describe } from "internal:failure";

/** Fires `error` on the global object; what nobody prevents is logged. */
export function reportError(thrown) {
  if (arguments.length === 0) throw new TypeError("reportError needs what was thrown");
  const [message, stack] = describe(thrown);
  // A handler that throws is only logged, or it would be called again and again.
  if (!reporting) {
    reporting = true;
    try {
      const event = new ErrorEvent("error", { message, error: thrown, cancelable: true });
      if (!globalThis.dispatchEvent(event)) return;
    } finally {
      reporting = false;
    }
  }
  console.error(`Uncaught ${message}${stack && `\n${stack}`}`);
}
let reporting = false;

let onerror = null;

/** Of all handlers only this one gets the event's parts, and prevents by answering true (HTML, "onerror"). */
function callOnerror(event) {
  const { message, filename, lineno, colno, error } = event;
  if (onerror.call(globalThis, message, filename, lineno, colno, error) === true) event.preventDefault();
}

export function installGlobalEvents() {
  Object.setPrototypeOf(globalThis, EventTarget.prototype);
  Object.defineProperty(globalThis, "onerror", {
    configurable: true,
    enumerable: true,
    get: () => onerror,
    set(handler) {
      onerror = typeof handler === "function" ? handler : null;
      if (onerror) globalThis.addEventListener("error", callOnerror);
      else globalThis.removeEventListener("error", callOnerror);
    },
  });
}
