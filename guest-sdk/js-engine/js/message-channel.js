// MessageChannel and MessagePort, between two ends in the same instance: there is no other thread.
import { EventTarget, handlerAttribute } from "internal:events";
import { MessageEvent } from "internal:event-kinds";
import { setTimeout } from "internal:timers";
import { structuredClone } from "internal:structured-clone";

let make;
let entangle;

export class MessagePort extends EventTarget {
  #other = null;
  #handler = null;
  // What came before the port was started; null from then on.
  #waiting = [];

  static {
    make = () => {
      making = true;
      try {
        return new MessagePort();
      } finally {
        making = false;
      }
    };
    entangle = (one, other) => {
      one.#other = other;
      other.#other = one;
    };
  }

  constructor() {
    super();
    if (!making) throw new TypeError("MessagePort cannot be constructed; use a MessageChannel");
  }

  postMessage(message, options) {
    const transfer = Array.isArray(options) ? options : options?.transfer;
    const data = structuredClone(message, { transfer });
    const to = this.#other;
    if (to) setTimeout(() => to.#receive(data), 0);
  }
  #receive(data) {
    if (this.#waiting) this.#waiting.push(data);
    else if (this.#other) this.dispatchEvent(new MessageEvent("message", { data }));
  }
  start() {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const data of waiting) setTimeout(() => this.#receive(data), 0);
  }
  close() {
    const other = this.#other;
    this.#other = null;
    if (other) other.#other = null;
  }
  get onmessage() {
    return this.#handler;
  }
  /** Setting it starts the port, as the standard has it. */
  set onmessage(handler) {
    if (this.#handler) this.removeEventListener("message", this.#handler);
    this.#handler = typeof handler === "function" ? handler : null;
    if (this.#handler) this.addEventListener("message", this.#handler);
    this.start();
  }
}
let making = false;
// Never fired: what is sent was copied in the same instance, so that it can be read.
handlerAttribute(MessagePort.prototype, "messageerror");

export class MessageChannel {
  #ports = [make(), make()];
  constructor() {
    entangle(...this.#ports);
  }
  get port1() {
    return this.#ports[0];
  }
  get port2() {
    return this.#ports[1];
  }
}
