// A thin ReadableStream: default controller, one reader, tee, async iteration. Absent for now: byte streams
// (BYOB), pipeTo, pipeThrough, WritableStream and TransformStream. Bodies cross to the host whole.

export class ReadableStream {
  #source;
  #queue = [];
  #waiting = [];
  #state = "readable";
  #error = undefined;
  #pulling = false;
  #reader = null;
  #started;
  #controller;

  constructor(source = {}) {
    this.#source = source ?? {};
    const stream = this;
    this.#controller = {
      get desiredSize() {
        return stream.#state === "readable" ? 1 - stream.#queue.length : stream.#state === "closed" ? 0 : null;
      },
      enqueue(chunk) {
        if (stream.#state !== "readable" || stream.#closing) throw new TypeError("The stream is closed");
        const waiting = stream.#waiting.shift();
        if (waiting) waiting.resolve({ value: chunk, done: false });
        else stream.#queue.push(chunk);
      },
      close() {
        if (stream.#state !== "readable" || stream.#closing) throw new TypeError("The stream is closed");
        stream.#closing = true;
        stream.#finish();
      },
      error: (reason) => stream.#fail(reason),
    };
    // `start` runs at once; a rejection errors the stream.
    this.#started = Promise.resolve(this.#source.start?.(this.#controller)).catch((reason) => this.#fail(reason));
  }
  #closing = false;

  #finish() {
    if (this.#closing && this.#queue.length === 0 && this.#state === "readable") {
      this.#state = "closed";
      for (const waiting of this.#waiting.splice(0)) waiting.resolve({ value: undefined, done: true });
    }
  }
  #fail(reason) {
    if (this.#state !== "readable") return;
    this.#state = "errored";
    this.#error = reason;
    this.#queue = [];
    for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
  }

  async #pull() {
    if (this.#pulling || !this.#source.pull) return;
    this.#pulling = true;
    try {
      await this.#started;
      while (this.#waiting.length > 0 && this.#state === "readable" && !this.#closing) {
        const before = this.#waiting.length;
        await this.#source.pull(this.#controller);
        if (this.#waiting.length === before && !this.#closing) await null;
      }
    } catch (reason) {
      this.#fail(reason);
    } finally {
      this.#pulling = false;
    }
  }

  #read() {
    if (this.#queue.length > 0) {
      const value = this.#queue.shift();
      this.#finish();
      return Promise.resolve({ value, done: false });
    }
    if (this.#state === "closed") return Promise.resolve({ value: undefined, done: true });
    if (this.#state === "errored") return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#pull();
    });
  }

  get locked() {
    return this.#reader !== null;
  }

  getReader(options) {
    if (options?.mode !== undefined) throw new TypeError("ReadableStream: byte readers are not available yet");
    if (this.#reader) throw new TypeError("The stream is locked to a reader");
    const stream = this;
    const held = () => {
      if (stream.#reader !== reader) throw new TypeError("The reader was released");
    };
    const reader = {
      async read() {
        held();
        return stream.#read();
      },
      releaseLock() {
        if (stream.#reader === reader) stream.#reader = null;
      },
      async cancel(reason) {
        held();
        await stream.#cancel(reason);
      },
    };
    this.#reader = reader;
    return reader;
  }

  async #cancel(reason) {
    if (this.#state !== "readable") return;
    this.#queue = [];
    this.#closing = true;
    this.#finish();
    await this.#source.cancel?.(reason);
  }

  async cancel(reason) {
    if (this.#reader) throw new TypeError("The stream is locked to a reader");
    await this.#cancel(reason);
  }

  tee() {
    const reader = this.getReader();
    const controllers = [];
    const pull = async () => {
      const { value, done } = await reader.read();
      for (const controller of controllers) done ? controller.close() : controller.enqueue(value);
    };
    let under = null;
    const shared = () => (under ??= pull().finally(() => (under = null)));
    const branch = () => new ReadableStream({ start: (controller) => void controllers.push(controller), pull: shared });
    return [branch(), branch()];
  }

  async *[Symbol.asyncIterator]() {
    const reader = this.getReader();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        yield value;
      }
    } finally {
      reader.releaseLock();
    }
  }
  values() {
    return this[Symbol.asyncIterator]();
  }

  static from(items) {
    const iterator = items[Symbol.asyncIterator]?.() ?? items[Symbol.iterator]();
    return new ReadableStream({
      async pull(controller) {
        const { value, done } = await iterator.next();
        done ? controller.close() : controller.enqueue(value);
      },
    });
  }
}
