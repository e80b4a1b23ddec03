import { type Answer, JSON_TYPE, say } from "../../http/answer.ts";
import type { Refusal } from "../../http/content.ts";
import type { LogsOutcome } from "../../receive/receive-logs.ts";
import type { BulkItem } from "./translate.ts";

/** Clients of Elastic talk to nobody who does not send it. */
const PRODUCT = { "x-elastic-product": "Elasticsearch" } as const;

/** An answer in JSON as Elasticsearch sends it. */
export function elasticAnswer(status: number, value: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...headers, ...PRODUCT }, content: { type: JSON_TYPE, body: JSON.stringify(value) } };
}

export interface BulkAnswerOptions {
  readonly items: readonly BulkItem[];
  readonly outcome: LogsOutcome;
  readonly tookMs: number;
  /** The beginning of ids that are made up: an answer without them is not understood by everybody. */
  readonly newIds: string;
}

/** What became of each item (Elasticsearch, "Bulk API", response body). */
export function bulkAnswer({ items, outcome, tookMs, newIds }: BulkAnswerOptions): Answer {
  const reasons = new Map(outcome.told.map(({ place, reason }) => [place, reason]));
  const answered = items.map((item, place) => {
    const reason = reasons.get(place);
    const { action, index } = item;
    if (reason !== undefined) {
      const error = { type: errorType(item), reason };
      return { [action]: { _index: index, _id: item.id === "" ? null : item.id, status: 400, error } };
    }
    const _id = item.id === "" ? `${newIds}-${place}` : item.id;
    return { [action]: { _index: index, _id, ...CREATED } };
  });
  return elasticAnswer(200, { errors: reasons.size > 0, took: Math.round(tookMs), items: answered });
}

const CREATED = {
  _version: 1,
  result: "created",
  _shards: { total: 1, successful: 1, failed: 0 },
  _seq_no: 0,
  _primary_term: 1,
  status: 201,
} as const;

function errorType({ action, index }: BulkItem): string {
  if (action === "update" || action === "delete") return "illegal_argument_exception";
  return index === "" ? "action_request_validation_exception" : "document_parsing_exception";
}

/** Elasticsearch's words for what is refused as a whole. */
const TYPES: Readonly<Record<number, string>> = {
  400: "illegal_argument_exception",
  401: "security_exception",
  403: "security_exception",
  413: "content_too_long_exception",
  415: "media_type_header_exception",
  429: "es_rejected_execution_exception",
  503: "unavailable_shards_exception",
};

/** A refusal as Elasticsearch says it. */
export function elasticRefusal(refusal: Refusal): Answer {
  const { status, message, headers } = say(refusal);
  const cause = { type: TYPES[status] ?? "exception", reason: message };
  return elasticAnswer(status, { error: { root_cause: [cause], ...cause }, status }, headers);
}
