import {
  type ExportMetricsServiceResponse,
  MetricsServiceService,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { EventServiceService, type StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";

/** What is sent to ingest, and the byte that says so on disk. */
export const OUTBOX_KINDS = { metrics: 1, events: 2 } as const;
export type OutboxSignal = keyof typeof OUTBOX_KINDS;

/** What ingest took and what not. */
export interface Delivery {
  /** Records that were refused for good. */
  readonly rejected: number;
  /** Why, of the first. */
  readonly reason: string;
}

export interface IngestClient {
  /**
   * Sends the bytes of an ExportMetricsServiceRequest or a StoreEventsRequest.
   *
   * @throws AppError when nothing was taken
   */
  send(signal: OutboxSignal, body: Buffer, abort: AbortSignal): Promise<Delivery>;
  close(): void;
}

export interface IngestClientOptions {
  /** host:port of ingest's OTLP/gRPC door. */
  readonly address: string;
  readonly apiKey: string;
  readonly deadlineMs: number;
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** The two calls with requests that are already bytes. */
const service = {
  metrics: {
    ...MetricsServiceService.export,
    requestSerialize: asIs,
    requestDeserialize: asIs,
  },
  events: {
    ...EventServiceService.storeEvents,
    requestSerialize: asIs,
    requestDeserialize: asIs,
  },
};

/** Sends to ingest over gRPC with an API key. Makes no spans: what it sends may be about itself. */
export function createIngestClient({ address, apiKey, deadlineMs }: IngestClientOptions): IngestClient {
  const client = createClient({ service }, address, { apiKey, traced: false });
  return {
    async send(signal, body, abort) {
      const options = { deadlineMs, signal: abort };
      if (signal === "metrics") return ofMetrics(await client.call("metrics", body, options));
      return ofEvents(await client.call("events", body, options));
    },
    close: () => client.close(),
  };
}

function ofMetrics({ partialSuccess }: ExportMetricsServiceResponse): Delivery {
  return { rejected: Number(partialSuccess?.rejectedDataPoints ?? 0n), reason: partialSuccess?.errorMessage ?? "" };
}

function ofEvents({ rejected }: StoreEventsResponse): Delivery {
  return { rejected: rejected.length, reason: rejected[0]?.reason ?? "" };
}
