import { createEventBuilder } from "@sightline/events/builder";
import { StoreEventsRequest } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createMarker, FRAME_HEAD, type Frame, frameOf, writeTime } from "./frame.ts";
import type { FrameOptions } from "./frames.ts";
import { placesOf } from "./places.ts";

const TYPES = ["HEALTH_CHECK", "resource_threshold", "deployment", "auth_failure"] as const;
const SEVERITIES = ["info", "info", "info", "warning", "error"] as const;

/** Events as a fleet's agents send them, some 350 bytes each; the correlation id is the mark, ids are ingest's to give. */
export function eventFrame({ index, records, run, nowUnixNano }: FrameOptions): Frame {
  const { build } = createEventBuilder({ clock: () => Number(nowUnixNano / 1_000_000n) });
  const events = Array.from({ length: records }, (_, at) => {
    const host = (index * records + at) % 500;
    const event = build({
      eventType: TYPES[at % TYPES.length] ?? "HEALTH_CHECK",
      severity: SEVERITIES[at % SEVERITIES.length] ?? "info",
      source: `agent-${host % 20}`,
      target: `node-${host}.eu-west-1.internal`,
      category: "health",
      title: `node-${host} answered its check in ${(at * 7919) % 900} ms`,
      description: "The check over HTTP was answered with 200 within its time.",
      details: { latency_ms: (at * 7919) % 900, attempt: 1 + (at % 3), region: "eu-west-1" },
      healthScore: 50 + (at % 50),
      metadata: { correlationId: "0".repeat(16), labels: { team: `team-${host % 8}`, environment: "production" } },
    });
    return { ...event, eventId: "" };
  });
  const bytes = frameOf(StoreEventsRequest.encode({ events }).finish());
  const request = bytes.subarray(FRAME_HEAD);
  const places = (path: readonly number[]) => placesOf(request, path).map((place) => place + FRAME_HEAD);
  const [times, marks] = [places([1, 2]), places([1, 13, 1])];
  const marker = createMarker(run);
  return {
    bytes,
    records,
    stamp: (firstSequence, now) => {
      for (let at = 0; at < records; at++) {
        marker.writeHex(bytes, marks[at] ?? 0, firstSequence + at);
        writeTime(bytes, times[at] ?? 0, now, 0);
      }
    },
  };
}
