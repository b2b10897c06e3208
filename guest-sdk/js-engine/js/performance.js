// performance: the time of this call. Marks, measures and observers are absent.
import native from "internal:native";
import { EventTarget } from "internal:events";

export class Performance extends EventTarget {
  constructor() {
    super();
    if (performance !== undefined) throw new TypeError("Performance cannot be constructed; use performance");
  }
  /** Milliseconds since the call began. */
  now() {
    return native.sinceCallMs();
  }
  /** When the call began, in milliseconds since 1970. */
  get timeOrigin() {
    return native.callStartMs();
  }
  toJSON() {
    return { timeOrigin: this.timeOrigin };
  }
}

export let performance;
performance = new Performance();
