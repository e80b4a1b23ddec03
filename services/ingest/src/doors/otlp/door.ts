import { requestFromJson } from "@sightline/otlp/json";
import { LogsServiceService } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { MetricsServiceService } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { TraceServiceService } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { GrpcDoor, GrpcMethods } from "../../grpc/door.ts";
import { JSON_TYPE, PROTOBUF } from "../../http/answer.ts";
import { mediaTypes } from "../../http/content.ts";
import type { Intake } from "../../http/route.ts";
import type { OtlpSignal, ReceiveOtlp } from "../../receive/receive-otlp.ts";
import type { Door, DoorDeps } from "../door.ts";
import { jsonResponse, protobufResponse } from "./answer.ts";

/** The Export method of each signal. */
const EXPORTS = {
  traces: TraceServiceService.export.path,
  metrics: MetricsServiceService.export.path,
  logs: LogsServiceService.export.path,
} as const satisfies Record<OtlpSignal, string>;

const SIGNALS = ["traces", "metrics", "logs"] as const satisfies readonly OtlpSignal[];

const content = mediaTypes({
  [PROTOBUF]: "protobuf",
  "application/protobuf": "protobuf",
  [JSON_TYPE]: "json",
});

/** OTLP (opentelemetry-proto `docs/specification.md`) over gRPC and, at `/v1/<signal>`, over HTTP. */
export function otlpDoor({ receiveOtlp }: DoorDeps): Door {
  return {
    routes: [
      ...SIGNALS.map((signal) => otlpRoute(signal, { path: `/v1/${signal}`, receive: receiveOtlp })),
      // Where Prometheus (docs/feature_flags.md, "OTLP Receiver") and Loki have it.
      otlpRoute("metrics", { path: "/api/v1/otlp/v1/metrics", receive: receiveOtlp }),
      otlpRoute("logs", { path: "/otlp/v1/logs", receive: receiveOtlp }),
    ],
    addMethods: (server, door) => {
      for (const signal of SIGNALS) addExport(signal, { server, door, receive: receiveOtlp });
    },
  };
}

interface RouteOptions {
  readonly path: string;
  readonly receive: ReceiveOtlp;
}

function otlpRoute(signal: OtlpSignal, { path, receive }: RouteOptions): Intake<"protobuf" | "json"> {
  const protocol = "otlp-http";
  return {
    kind: "intake",
    protocol,
    methods: ["POST"],
    path,
    content,
    atOnce: ["json"],
    handle: async ({ principal: { tenant }, format, body }) => {
      const request = format === "json" ? requestFromJson(signal, body) : body;
      const refused = await receive(signal, { tenant, protocol, body: request });
      return {
        status: 200,
        content:
          format === "json"
            ? { type: JSON_TYPE, body: jsonResponse(signal, refused) }
            : { type: PROTOBUF, body: protobufResponse(signal, refused) },
      };
    },
  };
}

interface ExportOptions {
  readonly server: GrpcMethods;
  readonly door: GrpcDoor;
  readonly receive: ReceiveOtlp;
}

function addExport(signal: OtlpSignal, { server, door, receive }: ExportOptions): void {
  const protocol = "otlp-grpc";
  server.add(
    EXPORTS[signal],
    door(protocol, async ({ principal: { tenant }, body, signal: abort }) => {
      const refused = await receive(signal, { tenant, protocol, body, signal: abort });
      return protobufResponse(signal, refused);
    }),
  );
}
