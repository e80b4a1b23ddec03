import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { createTail } from "@sightline/query/logql/evaluate/tail";
import { parseLogQuery } from "@sightline/query/logql/logql";
import { type Parameters, parametersOfUrl } from "../http/request-parameters.ts";
import type { StreamDoor } from "../stream/websocket.ts";
import { asksForCategories, ENCODING_FLAGS } from "./encoding-flags.ts";
import { errorAnswer } from "./errors.ts";
import { type FollowOptions, follow } from "./follow.ts";
import { countOf, limitOf, timeOf } from "./parameters.ts";

const HOUR_NS = 3_600_000_000_000n;
const MAX_DELAY_SECONDS = 5;

/** Loki's tail: the newest lines of a query, then those that come, over a WebSocket. */
export function createTailDoor(options: FollowOptions): StreamDoor {
  return {
    path: "/loki/api/v1/tail",
    open: ({ url, headers, caller: { tenant } }) => {
      const asked = readTail(parametersOfUrl(url), options.clock);
      const flags = headers[ENCODING_FLAGS];
      const categorizeLabels = asksForCategories(typeof flags === "string" ? flags : "");
      const nowNs = BigInt(options.clock()) * 1_000_000n;
      const tail = createTail(parseLogQuery(asked.query), { nowNs, categorizeLabels });
      return (socket) => follow(socket, { ...asked, tenant, categorizeLabels, tail }, options);
    },
    refusal: errorAnswer,
  };
}

function readTail(parameters: Parameters, clock: Clock) {
  const delaySeconds = countOf(parameters, "delay_for", 0);
  if (delaySeconds > MAX_DELAY_SECONDS) throw invalid(`delay_for can't be greater than ${MAX_DELAY_SECONDS}`);
  return {
    query: parameters.get("query"),
    startUnixNano: timeOf(parameters, "start", BigInt(clock()) * 1_000_000n - HOUR_NS),
    limit: limitOf(parameters),
    delayMs: delaySeconds * 1000,
  };
}
