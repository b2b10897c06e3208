// The event that an `event` handler gets: a CloudEvent, and two ways to answer for it.

/** ["done"], ["retry", reason] or ["reject", reason]. */
export let verdictOf;

export class AppEvent {
  #verdict = ["done"];

  static {
    verdictOf = (event) => event.#verdict;
  }

  constructor(attributes) {
    Object.assign(this, attributes);
  }

  /** Gives the event up: it goes to the dead letters with this reason. */
  reject(reason = "rejected by the handler") {
    this.#verdict = ["reject", reason instanceof Error ? reason.message : `${reason}`];
  }
  /** Asks for another delivery, later. */
  retry(reason = "the handler asked for another delivery") {
    this.#verdict = ["retry", reason instanceof Error ? reason.message : `${reason}`];
  }
}
