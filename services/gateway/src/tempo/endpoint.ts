import type { Clock } from "@sightline/model/time";
import type { Clients } from "../clients.ts";
import type { QueryAnswer, QueryRequest, QueryRoute } from "../http/query-api.ts";
import { messageJson } from "./message-json.ts";

export interface TempoContext {
  readonly traceql: Clients["traceql"];
  readonly clock: Clock;
}

/** One endpoint below `/tempo`. */
export interface Endpoint extends QueryRoute {
  answer(request: QueryRequest, context: TempoContext): Promise<QueryAnswer>;
}

const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/protobuf";

/** Whether the caller wants messages as protobuf rather than as JSON. */
export function wantsProtobuf({ header }: QueryRequest): boolean {
  return header("accept").includes(PROTOBUF_TYPE);
}

export function textAnswer(text: string): QueryAnswer {
  return { contentType: "text/plain; charset=utf-8", pieces: [text] };
}

export function jsonAnswer(pieces: QueryAnswer["pieces"]): QueryAnswer {
  return { contentType: JSON_TYPE, pieces };
}

export function protobufAnswer(bytes: Uint8Array): QueryAnswer {
  return { contentType: PROTOBUF_TYPE, pieces: [bytes] };
}

/** What writes a message as protobuf; a generated message. */
interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
}

/** A message in the form that the caller wants. */
export function messageAnswer<T extends object>(request: QueryRequest, type: MessageType<T>, message: T): QueryAnswer {
  if (wantsProtobuf(request)) return protobufAnswer(type.encode(message).finish());
  return jsonAnswer([messageJson(message)]);
}
