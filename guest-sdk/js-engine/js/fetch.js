// fetch: requests to elsewhere. The host sends them, side by side; the job loop waits for them.
import native from "internal:native";
import { follow } from "internal:abort";
import { HostBody, HostSink } from "internal:host-body";
import { Request, outgoing } from "internal:request";
import { pump, wholeOf } from "internal:body";
import { responseFrom } from "internal:response";

// One call of the host takes some ten MiB: what is larger goes bit by bit. It cannot be sent again after a redirect then.
const WHOLE_BYTES_MAX = 8 << 20;

/** At least as many bytes as a whole body has: a unit of UTF-16 becomes three of them at most. */
const sizeOf = (whole) => (whole === null ? 0 : typeof whole === "string" ? 3 * whole.length : whole.length);

export async function fetch(input, init) {
  native.requireCall("fetch()");
  const request = outgoing(new Request(input, init));
  request.signal?.throwIfAborted();
  const [address] = request.url.split("#", 1);
  const exchange = new Exchange({ ...request, url: address }, new Error().stack);
  return exchange.response;
}

/** What the host said, as the network error of the Fetch standard. `stack` is where `fetch` was called. */
function networkError(thrown, stack) {
  const error = Object.assign(new TypeError(thrown.message), { code: thrown.code });
  Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
  return error;
}

/** One request, until its response's body was read. */
class Exchange {
  #what;
  #stack;
  #operation;
  #upload = null;
  #headIsThere = false;
  #givenUp = false;
  #body = null;
  #unfollow = null;
  #settle;
  response = new Promise((resolve, reject) => {
    this.#settle = { resolve, reject };
  });

  constructor({ method, url, headers, content, signal, redirect }, stack) {
    this.#what = `fetch(${JSON.stringify(url)})`;
    this.#stack = stack;
    const whole = wholeOf(content);
    const piecemeal = whole === undefined || sizeOf(whole) > WHOLE_BYTES_MAX;
    let upload;
    try {
      [this.#operation, upload] = native.httpSend(method, url, headers, piecemeal ? true : whole, redirect);
    } catch (thrown) {
      throw networkError(thrown, stack);
    }
    native.whenDone(this.#operation, () => this.#receive());
    if (upload >= 0) {
      this.#upload = new HostSink(upload);
      // Not awaited: the answer may come before the body is through.
      pump(whole ?? content, this.#upload).catch((thrown) => this.#stop(thrown));
    }
    if (signal) this.#unfollow = follow(signal, (reason) => this.#stop(reason));
  }

  #receive() {
    this.#headIsThere = true;
    try {
      const head = native.httpReceive(this.#operation, this.#what);
      this.#body = new HostBody(head[4], () => this.#unfollow?.());
      this.#settle.resolve(responseFrom(head, this.#body));
    } catch (thrown) {
      this.#unfollow?.();
      this.#upload?.abort();
      this.#settle.reject(networkError(thrown, this.#stack));
    }
  }

  /** Ends it at any point. May be called again: a signal that ends the request may break its body too. */
  #stop(reason) {
    this.#unfollow?.();
    this.#upload?.abort();
    if (this.#headIsThere) {
      this.#body?.abandon(reason);
    } else if (!this.#givenUp) {
      this.#givenUp = true;
      native.cancelOperation(this.#operation);
      this.#settle.reject(reason);
    }
  }
}
