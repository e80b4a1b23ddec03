import { z } from "zod";
import type { GatewayClient } from "../gateway-client.ts";
import type { Answer } from "./answer.ts";
import type { Times } from "./times.ts";

const traceForm = z.looseObject({
  traceID: z.string(),
  rootServiceName: z.string().default(""),
  rootTraceName: z.string().default(""),
  startTimeUnixNano: z.string().default("0"),
  durationMs: z.number().default(0),
});
const answerForm = z.looseObject({ traces: z.array(traceForm).default([]) });

/** Searches traces by TraceQL. */
export async function askTraceql(gateway: GatewayClient, query: string, { start, end, limit }: Times): Promise<Answer> {
  const parameters = {
    q: query,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(limit === undefined ? {} : { limit }),
  };
  const document = await gateway.get("/tempo/api/search", parameters, answerForm);
  const rows = document.traces.map((trace) => [
    new Date(Number(BigInt(trace.startTimeUnixNano) / 1_000_000n)).toISOString(),
    trace.traceID,
    trace.rootServiceName,
    trace.rootTraceName,
    trace.durationMs,
  ]);
  return { columns: ["start", "trace", "service", "name", "ms"], rows, document };
}
