import {
  ExportLogsServiceRequest,
  LogsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { QueryServiceClient, SearchLogsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { retry } from "@sightline/service/retry";

export interface LoadOptions {
  /** host:port of OTLP/gRPC. */
  readonly address: string;
  readonly apiKey: string;
  /** Marks the records of this load. */
  readonly mark: string;
  /** Requests under way at once. */
  readonly senders: number;
}

/** A load of numbered log records, each sent again until it is acknowledged. */
export interface CountedLoad {
  /** How many have been acknowledged so far. */
  acknowledged(): number;
  /** Stops sending; resolves with every acknowledged number, and how often it was offered. */
  stop(): Promise<ReadonlyMap<number, number>>;
}

/** Sends one record per request, as fast as they are acknowledged. */
export function startCountedLoad({ address, apiKey, mark, senders }: LoadOptions): CountedLoad {
  const client = createClient(LogsServiceClient, address, { apiKey });
  const acknowledged = new Map<number, number>();
  const stopping = new AbortController();
  let next = 0;

  const sendOne = async (number: number) => {
    let offered = 0;
    const request = requestOf(mark, number);
    await retry(
      () => {
        offered += 1;
        return client.call("export", request, { deadlineMs: 5000 });
      },
      { attempts: 1000, baseDelayMs: 50, maxDelayMs: 500, signal: stopping.signal },
    );
    acknowledged.set(number, offered);
  };
  const send = async () => {
    while (!stopping.signal.aborted) {
      next += 1;
      // One that is given up because the load stops was not acknowledged, and is not counted.
      await sendOne(next).catch((thrown: unknown) => {
        if (!stopping.signal.aborted) throw thrown;
      });
    }
  };
  const running = Promise.all(Array.from({ length: senders }, send));
  return {
    acknowledged: () => acknowledged.size,
    stop: async () => {
      stopping.abort();
      await running;
      client.close();
      return acknowledged;
    },
  };
}

function requestOf(mark: string, number: number): ExportLogsServiceRequest {
  const text = (value: string) => ({ value: { $case: "stringValue" as const, value } });
  return ExportLogsServiceRequest.fromPartial({
    resourceLogs: [
      {
        resource: { attributes: [{ key: "service.name", value: text(mark) }] },
        scopeLogs: [{ logRecords: [{ severityNumber: 9, body: text(`record ${number}`) }] }],
      },
    ],
  });
}

export interface StoredOptions {
  /** host:port of the public gRPC door. */
  readonly address: string;
  readonly apiKey: string;
  readonly mark: string;
}

/** How often each number is stored. */
export async function countStored({ address, apiKey, mark }: StoredOptions): Promise<Map<number, number>> {
  const client = createClient(QueryServiceClient, address, { apiKey });
  const stored = new Map<number, number>();
  try {
    let cursor = "";
    do {
      const page = await client.call(
        "searchLogs",
        SearchLogsRequest.fromPartial({ services: [mark], limit: 5000, cursor }),
      );
      for (const { body } of page.records) {
        const number = Number(body.replace("record ", ""));
        stored.set(number, (stored.get(number) ?? 0) + 1);
      }
      cursor = page.nextCursor;
    } while (cursor !== "");
  } finally {
    client.close();
  }
  return stored;
}
