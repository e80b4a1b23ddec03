import assert from "node:assert/strict";
import { test } from "node:test";
import { unavailable } from "@sightline/errors/app-error";
import { createEventBuilder } from "@sightline/events/builder";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventually } from "@sightline/testkit/eventually";
import { createFailureEvents } from "./failure-events.ts";

const failure = { username: "admin", address: "192.0.2.1" };

function start(send: (event: SystemEvent) => Promise<unknown>) {
  const dropped: string[] = [];
  const tell = createFailureEvents({
    events: createEventBuilder({ clock: () => 1_700_000_000_000 }),
    send,
    maxInFlight: 1,
    dropped: (reason) => dropped.push(reason),
  });
  return { tell, dropped };
}

test("a failed login is a security event that says who and from where", () => {
  const sent: SystemEvent[] = [];
  start(async (event) => sent.push(event)).tell(failure);
  const [event] = sent;
  assert.deepEqual(
    [event?.eventType, event?.category, event?.metadata?.userId, event?.metadata?.sourceIp],
    ["auth_failure", "security", "admin", "192.0.2.1"],
  );
});

test("what cannot be told is counted, and waits for nobody", async () => {
  const gate = Promise.withResolvers<void>();
  const { tell, dropped } = start(() => gate.promise);
  tell(failure);
  tell(failure);
  assert.deepEqual(dropped, ["busy"]);
  gate.reject(unavailable("ingest is away"));
  await eventually(() => dropped.length === 2);
  assert.deepEqual(dropped, ["busy", "not_taken"]);
});
