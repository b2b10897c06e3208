// Timers. They are not kept alive by themselves: a call ends with its handler and its waitUntil promises,
// and what is still waiting then goes with the instance.
import native from "internal:native";

// In order of their time, then of their creation.
const queue = [];
let lastId = 0;

function add(callback, delay, repeat, values) {
  native.requireCall(repeat ? "setInterval()" : "setTimeout()");
  if (typeof callback !== "function") {
    throw new TypeError(`${repeat ? "setInterval" : "setTimeout"} needs a function; code as text is not run here`);
  }
  const wait = Math.max(0, Math.min(Number(delay) || 0, 2 ** 31 - 1));
  const timer = { id: ++lastId, at: native.monotonicMs() + wait, every: repeat ? Math.max(1, wait) : 0, callback, values };
  insert(timer);
  return timer.id;
}

function insert(timer) {
  let place = queue.length;
  while (place > 0 && queue[place - 1].at > timer.at) place -= 1;
  queue.splice(place, 0, timer);
}

export function setTimeout(callback, delay, ...values) {
  return add(callback, delay, false, values);
}

export function setInterval(callback, delay, ...values) {
  return add(callback, delay, true, values);
}

export function clearTimeout(id) {
  const place = queue.findIndex((timer) => timer.id === Number(id));
  if (place >= 0) queue.splice(place, 1);
}

export function clearInterval(id) {
  clearTimeout(id);
}

/** For the job loop: runs the next timer if its time has come and answers 0, or answers the milliseconds
 *  until then, or -1 when there is none. */
export function nextTimer() {
  const timer = queue[0];
  if (!timer) return -1;
  const wait = timer.at - native.monotonicMs();
  if (wait > 0) return wait;
  queue.shift();
  if (timer.every) {
    timer.at += timer.every;
    insert(timer);
  }
  timer.callback(...timer.values);
  return 0;
}
