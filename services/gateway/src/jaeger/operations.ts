import { nanosOfMs } from "@sightline/model/time";
import type { StorageCall } from "../http/storage-call.ts";
import type { JaegerContext } from "./context.ts";

/** What a service does, by the names of its spans. */
export interface Operation {
  readonly name: string;
  /** server, client, producer, consumer or internal; "" of spans that do not say. */
  readonly spanKind: string;
}

/** Who asks does not say of which time; nobody wants to choose from what was gone yesterday. */
const LOOKBACK_MS = 24 * 3_600_000;
const KINDS = ["server", "client", "producer", "consumer", "internal", "unspecified"] as const;

/** The services that sent spans lately, in the order of their names. */
export async function listServices(call: StorageCall, context: JaegerContext): Promise<string[]> {
  return listValues("resource.service.name", "", { call, context });
}

/** The operations of a service. @param kind only those; "": of all kinds */
export async function listOperations(
  { service, kind }: { readonly service: string; readonly kind: string },
  call: StorageCall,
  context: JaegerContext,
): Promise<Operation[]> {
  const kinds = KINDS.filter((each) => kind === "" || each === kind.toLowerCase());
  const lists = await Promise.all(
    kinds.map(async (spanKind) => {
      const spans = `{ resource.service.name = ${JSON.stringify(service)} && kind = ${spanKind} }`;
      const names = await listValues("name", spans, { call, context });
      return names.map((name) => ({ name, spanKind: spanKind === "unspecified" ? "" : spanKind }));
    }),
  );
  return lists.flat().sort((a, b) => compareTexts(a.name, b.name) || compareTexts(a.spanKind, b.spanKind));
}

/** Their names, each once. */
export async function listOperationNames(
  service: string,
  call: StorageCall,
  context: JaegerContext,
): Promise<string[]> {
  return listValues("name", `{ resource.service.name = ${JSON.stringify(service)} }`, { call, context });
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function listValues(
  field: string,
  query: string,
  { call, context }: { readonly call: StorageCall; readonly context: JaegerContext },
): Promise<string[]> {
  const nowMs = context.clock();
  const range = { startUnixNano: nanosOfMs(nowMs - LOOKBACK_MS), endUnixNano: nanosOfMs(nowMs) };
  const request = { field, query, range, limit: 0 };
  const { values } = await context.traceql.call("listSpanAttributeValues", request, call);
  return values.map(({ text }) => text);
}
