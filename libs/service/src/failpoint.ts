import { invalid, unavailable } from "@sightline/errors/app-error";

/**
 * Every place where a process can be told to fail: between two steps that must both happen or be repeated. Tests end,
 * freeze and fail processes there and then count records.
 */
export const FAILPOINTS = {
  "service.started": "the service is up",
  "ingest.before-publish": "a message is complete, the bus does not have it",
  "ingest.before-answer": "the bus holds the message, its senders do not know",
  "storage.before-record": "a batch is gathered, its boundary is not recorded",
  "storage.boundary-recorded": "the boundary is recorded, nothing of the batch is inserted",
  "storage.insert-confirmed": "the bus said that the lane is ours, the insert is not sent",
  "storage.table-inserted": "one table's rows of a batch are in the database",
  "storage.before-advance": "all of a batch is in the database, the place on the bus is still before it",
  "storage.after-advance": "the place on the bus is behind the batch",
  "storage.dead-letter-kept": "a message is among the dead letters, its batch is not stored",
  "alerter.outbox-committed": "an alert has moved and its notices are due, nobody is told",
  "alerter.attempt-begun": "an attempt is recorded as begun, the channel is not told",
  "alerter.channel-told": "the channel is told, the outcome is not recorded",
  "alerter.evaluation-written": "an evaluation of a rule file has moved alerts, their routes do not know",
  "alerter.round-written": "whom to tell by the routes is written, nobody is told",
  "alerter.receiver-told": "a receiver of a route is told, the notification log does not say so",
  "alerter.change-published": "the bus holds a change of an alert, that is not recorded",
} as const;

export type Failpoint = keyof typeof FAILPOINTS;

/**
 * `exit`: the process ends as by a power cut. `freeze`: it stops until somebody continues it. `error`: the step fails as
 * in an outage. `block`: the event loop stands still for five seconds. `crash`: an error that nobody catches.
 */
const ACTIONS = ["exit", "freeze", "error", "block", "crash"] as const;
type Action = (typeof ACTIONS)[number];

interface Armed {
  readonly action: Action;
  /** At which time that the place is passed it happens. */
  readonly at: number;
}

const BLOCK_MS = 5000;
const WANT = `name=${ACTIONS.join("|")} or name=action:n for the n-th time, comma-separated`;

let armed: ReadonlyMap<string, Armed> | undefined;
const passed = new Map<string, number>();

/** Fails here if told to; otherwise costs one comparison (2 ns). */
export function failpoint(name: Failpoint): void {
  if (armed !== undefined) pass(name, armed);
}

/**
 * Arms failpoints for the rest of the process' life, once each: `storage.boundary-recorded=exit:2,…`.
 *
 * @throws AppError invalid_argument for a name or an action that there is not
 */
export function armFailpoints(text: string): void {
  armed = new Map(text.split(",").map(parse));
}

function parse(entry: string): [string, Armed] {
  const [, name = "", word = "", at = "1"] = /^\s*([^=\s]*)=([a-z]+)(?::(\d{1,6}))?\s*$/.exec(entry) ?? [];
  const action = ACTIONS.find((candidate) => candidate === word);
  if (action === undefined || Number(at) < 1) throw invalid(`cannot arm failpoints: got "${entry}", want ${WANT}`);
  if (!Object.hasOwn(FAILPOINTS, name)) {
    const known = Object.keys(FAILPOINTS).join(", ");
    throw invalid(`cannot arm failpoints: got the name "${name}", want one of ${known}`);
  }
  return [name, { action, at: Number(at) }];
}

function pass(name: Failpoint, points: ReadonlyMap<string, Armed>): void {
  const point = points.get(name);
  if (point === undefined) return;
  const times = (passed.get(name) ?? 0) + 1;
  passed.set(name, times);
  if (times === point.at) fail(name, point.action);
}

function fail(name: Failpoint, action: Action): void {
  switch (action) {
    case "exit":
      process.kill(process.pid, "SIGKILL");
      break;
    case "freeze":
      process.kill(process.pid, "SIGSTOP");
      break;
    case "error":
      throw unavailable(`the failpoint ${name} was told to fail`);
    case "block":
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK_MS);
      break;
    case "crash":
      void Promise.reject(new Error(`the failpoint ${name} was told to crash`));
      break;
  }
}
