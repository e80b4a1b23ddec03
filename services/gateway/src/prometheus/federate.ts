import { type AppError, invalid } from "@sightline/errors/app-error";
import { formatShort } from "@sightline/gotext/format-float";
import { type PromqlSeries, QueryPromqlRequest } from "@sightline/proto/sightline/query/v1/promql_service";
import type { QueryApi, QueryRequest, QueryRoute } from "../http/query-api.ts";
import type { ApiContext } from "./endpoint.ts";
import { errorAnswer } from "./envelope.ts";
import { selectorsOf } from "./parameters.ts";

const EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

/** `/federate`: the newest samples of what selectors select, as text that another Prometheus scrapes. */
export function federation(context: ApiContext): QueryApi<QueryRoute> {
  return {
    prefix: "",
    endpoints: [{ path: "/federate" }],
    answer: async (_route, request) => ({
      contentType: EXPOSITION,
      pieces: exposition(await newestOf(request, context)),
    }),
    error: (error: AppError) => ({
      status: errorAnswer(error).status,
      contentType: "text/plain; charset=utf-8",
      text: `${errorAnswer(error).body.error}\n`,
    }),
  };
}

/** The series that are there now, each with its newest sample; histograms have no place in the text format. */
async function newestOf(request: QueryRequest, context: ApiContext): Promise<readonly PromqlSeries[]> {
  const { parameters } = request;
  if (selectorsOf(parameters).length === 0) throw invalid("no match[] parameter provided");
  const found = new Map<string, PromqlSeries>();
  for (const selector of parameters.all("match[]")) {
    const isThere = new Set((await ask(selector, request, context)).map(keyOf));
    for (const series of await ask(`${selector}[5m]`, request, context)) {
      if (isThere.has(keyOf(series)) && series.values.length > 0) found.set(keyOf(series), series);
    }
  }
  return [...found.values()];
}

async function ask(query: string, { caller, signal }: QueryRequest, { promql, clock }: ApiContext) {
  const times = { $case: "unixMs" as const, value: BigInt(clock()) };
  const all: PromqlSeries[] = [];
  const call = { tenant: caller.tenant, signal };
  for await (const { series } of promql.stream("queryPromql", QueryPromqlRequest.fromPartial({ query, times }), call)) {
    all.push(...series);
  }
  return all;
}

function keyOf({ labels }: PromqlSeries): string {
  return labels.join("\u0000");
}

/** Lines in the order of metrics. */
function* exposition(all: readonly PromqlSeries[]): Generator<string> {
  const byName = Map.groupBy(all, ({ labels }) => labels[labels.indexOf("__name__") + 1] ?? "");
  for (const name of [...byName.keys()].sort()) {
    const isPlain = /^[A-Za-z_:][A-Za-z0-9_:]*$/.test(name);
    yield `# TYPE ${isPlain ? name : quoted(name)} untyped\n`;
    for (const { labels, values, unixMs } of byName.get(name) ?? []) {
      const pairs = isPlain ? [] : [quoted(name)];
      for (let at = 0; at < labels.length; at += 2) {
        const [label = "", value = ""] = labels.slice(at, at + 2);
        if (label !== "__name__")
          pairs.push(`${/^[A-Za-z_]\w*$/.test(label) ? label : quoted(label)}=${quoted(value)}`);
      }
      // Who scrapes this adds its own where there is none.
      if (!labels.includes("instance")) pairs.push('instance=""');
      yield `${isPlain ? name : ""}{${pairs.join(",")}} ${formatShort(values.at(-1) ?? 0)} ${unixMs.at(-1) ?? 0}\n`;
    }
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
}
