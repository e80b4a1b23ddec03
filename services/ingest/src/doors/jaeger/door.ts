import { textAnswer } from "../../http/answer.ts";
import { mediaTypes } from "../../http/content.ts";
import type { Intake } from "../../http/route.ts";
import type { Door, DoorDeps } from "../door.ts";
import { finish } from "../steps.ts";
import { batchAnswer } from "./answer.ts";
import { translateBatch } from "./translate.ts";

const content = mediaTypes({ "application/x-thrift": "thrift", "application/vnd.apache.thrift.binary": "thrift" });

/** Spans of Jaeger's clients: `POST /api/traces`, a Batch in Thrift's binary protocol (jaegertracing.io, "APIs"). */
export function jaegerDoor({ config, receiveOtlp }: DoorDeps): Door {
  const protocol = "jaeger";
  const traces: Intake<"thrift"> = {
    kind: "intake",
    protocol,
    methods: ["POST"],
    path: "/api/traces",
    content,
    atOnce: ["thrift"],
    handle: async ({ principal: { tenant }, body }) => {
      const { otlp, spans } = await finish(translateBatch(body, config.limits.maxRequestBytes));
      return batchAnswer(spans, await receiveOtlp("traces", { tenant, protocol, body: otlp }));
    },
    refuse: textAnswer,
  };
  return { routes: [traces], port: { name: "jaeger", port: config.jaeger.port } };
}
