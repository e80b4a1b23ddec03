import { LogsServiceService } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { MetricsServiceService } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { TraceServiceService } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { EventServiceService } from "@sightline/proto/sightline/ingest/v1/event_service";
import { z } from "zod";
import { eventFrame } from "./event-frame.ts";
import { logFrame, type MakeFrame, metricFrame, traceFrame } from "./frames.ts";

export const signalName = z.enum(["traces", "logs", "metrics", "events"]);
/** What is sent. */
export type SignalName = z.infer<typeof signalName>;

export interface SignalLoad {
  /** The gRPC method it is sent to. */
  readonly path: string;
  readonly makeFrame: MakeFrame;
}

export const SIGNAL_LOADS: Readonly<Record<SignalName, SignalLoad>> = {
  traces: { path: TraceServiceService.export.path, makeFrame: traceFrame },
  logs: { path: LogsServiceService.export.path, makeFrame: logFrame },
  metrics: { path: MetricsServiceService.export.path, makeFrame: metricFrame },
  events: { path: EventServiceService.storeEvents.path, makeFrame: eventFrame },
};
