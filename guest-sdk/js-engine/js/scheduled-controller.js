// What a `scheduled` handler gets: as in Workers.

export class ScheduledController {
  constructor(cron, scheduledTime) {
    this.cron = cron;
    this.scheduledTime = scheduledTime;
    Object.freeze(this);
  }

  get type() {
    return "scheduled";
  }
  /** A run is never repeated here, so there is nothing to call off. */
  noRetry() {}
}
