import { invalid } from "@sightline/errors/app-error";
import { mediaTypes } from "../../http/content.ts";
import type { Intake } from "../../http/route.ts";
import type { Door, DoorDeps } from "../door.ts";
import { linesAnswer } from "./answer.ts";
import { type LinesFormat, translateLines } from "./translate.ts";

const content = mediaTypes<LinesFormat>(
  {
    "application/x-ndjson": "lines",
    "application/jsonl": "lines",
    "application/json": "document",
    "text/plain": "text",
    // What curl says unless it is told otherwise; so `curl --data-binary @app.log` works.
    "application/x-www-form-urlencoded": "text",
    "application/octet-stream": "text",
  },
  "text",
);

/**
 * Log lines by `POST /v1/logs/lines`: a JSON object to a line, or any text. `?service=` and `?host=` say who wrote those
 * that do not say it themselves.
 */
export function jsonLinesDoor({ config, receiveLogs }: DoorDeps): Door {
  const protocol = "json-lines";
  const route: Intake<LinesFormat> = {
    kind: "intake",
    protocol,
    methods: ["POST"],
    path: "/v1/logs/lines",
    content,
    atOnce: ["document"],
    handle: async ({ principal: { tenant }, format, body, query }) => {
      const parts = translateLines(body, format, { limits: config.limits.record, ...writerOf(query) });
      return linesAnswer(await receiveLogs({ tenant, protocol, parts }), format);
    },
  };
  return { routes: [route] };
}

function writerOf(query: URLSearchParams): { service: string; host: string } {
  for (const name of query.keys()) {
    if (name !== "service" && name !== "host") {
      throw invalid(`cannot read the query: got ${name.slice(0, 100)}, want service or host`);
    }
  }
  return { service: query.get("service") ?? "", host: query.get("host") ?? "" };
}
