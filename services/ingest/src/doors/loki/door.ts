import { textAnswer } from "../../http/answer.ts";
import { mediaTypes } from "../../http/content.ts";
import type { Intake, Probe } from "../../http/route.ts";
import type { Door, DoorDeps } from "../door.ts";
import { pushAnswer } from "./answer.ts";
import { type PushFormat, translatePush } from "./translate.ts";

const content = mediaTypes<PushFormat>(
  {
    "application/x-protobuf": "protobuf",
    "application/protobuf": "protobuf",
    "application/json": "json",
  },
  "protobuf",
);

/** Loki's push API (docs/sources/reference/loki-http-api.md), for Promtail, Alloy, Fluent Bit, Vector and the like. */
export function lokiDoor({ config, receiveLogs, isReady }: DoorDeps): Door {
  const protocol = "loki";
  const push = (path: string): Intake<PushFormat> => ({
    kind: "intake",
    protocol,
    methods: ["POST"],
    path,
    content,
    atOnce: ["json"],
    compressions: ["snappy", "gzip", "deflate"],
    // Loki's own clients send a Snappy block and do not say so.
    unsaidCompression: (format) => (format === "protobuf" ? "snappy" : undefined),
    handle: async ({ principal: { tenant }, format, body }) => {
      const parts = translatePush(body, format, config.limits.record);
      return pushAnswer(await receiveLogs({ tenant, protocol, parts }));
    },
    refuse: textAnswer,
  });
  const ready: Probe = {
    kind: "probe",
    protocol,
    methods: ["GET", "HEAD"],
    path: "/ready",
    answer: () => {
      const isUp = isReady();
      const content = { type: "text/plain; charset=utf-8", body: isUp ? "ready\n" : "not ready\n" };
      return { status: isUp ? 200 : 503, content };
    },
  };
  return {
    routes: [push("/loki/api/v1/push"), push("/api/prom/push"), ready],
    port: { name: "loki", port: config.loki.port },
  };
}
