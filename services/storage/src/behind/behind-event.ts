import { createHash } from "node:crypto";
import { createEventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { Clock } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";

export interface Behind {
  /** What does not keep up. */
  readonly target: string;
  /** How much is left to do. */
  readonly messages: number;
  /** For how long the oldest of it has waited; undefined where that is not known. */
  readonly waitedSeconds?: number;
}

const MINUTE_MS = 60_000;

/** The event for what does not keep up. Within a minute it has one id, whichever process makes it. */
export function behindEvent({ target, messages, waitedSeconds }: Behind, clock: Clock): SystemEvent {
  const minuteMs = Math.floor(clock() / MINUTE_MS) * MINUTE_MS;
  const digest = createHash("sha256").update(`${target}/${minuteMs}/behind`).digest();
  const waits = waitedSeconds === undefined ? "" : `, the oldest for ${waitedSeconds} s`;
  return createEventBuilder({ clock }).build({
    eventId: uuid7(minuteMs, (bytes) => bytes.set(digest.subarray(0, bytes.length))),
    eventType: EVENT_TYPES.fallenBehind,
    severity: "warning",
    source: "storage",
    target,
    category: "performance",
    title: `${target} does not keep up: ${messages} messages wait${waits}`,
    details: { messages, ...(waitedSeconds === undefined ? {} : { waited_seconds: waitedSeconds }) },
  });
}
