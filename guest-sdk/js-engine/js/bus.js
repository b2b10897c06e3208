// env.BUS: publishing events.
import native from "internal:native";
import { usv } from "internal:webidl";

/** Called with every event that the host took; for tests. */
let watcher = null;
export function watchPublished(callback) {
  watcher = callback;
}

class Bus {
  /** Publishes an event of a type that the manifest declares; answers its id. */
  async publish(type, data, options = {}) {
    const text = JSON.stringify(data === undefined ? null : data);
    if (text === undefined) throw new TypeError("BUS.publish: the data has no JSON form");
    const wanted = options?.id === undefined || options.id === null ? undefined : usv(options.id);
    const id = native.publish(usv(type), text, wanted);
    watcher?.({ id, type: `${type}`, data: JSON.parse(text) });
    return id;
  }
}

export const bus = new Bus();
