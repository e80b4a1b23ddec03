import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "@sightline/auth/verify-key";
import type { Protocol } from "../metrics.ts";
import type { Answer } from "./answer.ts";
import type { Content, Refusal } from "./content.ts";
import type { Compression } from "./inflate.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT";

/** What a request says besides its body. */
export interface HttpTarget {
  /** What stands in the place of `{name}` in the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A request that may be taken: authenticated, read and inflated. */
export interface HttpRequest<Format extends string = string> extends HttpTarget {
  readonly principal: Principal;
  readonly format: Format;
  readonly body: Buffer;
}

interface Served {
  readonly protocol: Protocol;
  readonly methods: readonly Method[];
  /** `/v1/logs`, or with a segment that may be anything: `/{index}/_bulk`. */
  readonly path: string;
}

/** Where records come in. */
export interface Intake<Format extends string = string> extends Served {
  readonly kind: "intake";
  readonly content: Content<Format>;
  /** Values of Content-Encoding that are read, besides identity. Default: gzip, deflate and zstd. */
  readonly compressions?: readonly Compression[];
  /** How a body is compressed when Content-Encoding is missing. Default: not at all. */
  unsaidCompression?(format: Format): Compression | undefined;
  /** Formats that are read in one go, which keeps everybody else waiting: for them there is a limit of its own. */
  readonly atOnce?: readonly Format[];
  /** Answers a request; throws an AppError to refuse it. */
  handle(request: HttpRequest<Format>): Promise<Answer>;
  /** How a refusal is said. Default: google.rpc.Status, in protobuf when the Content-Type is protobuf, else in JSON. */
  refuse?(refusal: Refusal, contentType: string | undefined): Answer;
}

/** What clients of a protocol ask to see whether somebody is there. No key is wanted, so it tells nothing of anybody. */
export interface Probe extends Served {
  readonly kind: "probe";
  answer(target: HttpTarget): Answer;
}

/** What is served at one path. */
export type Route = Intake | Probe;
