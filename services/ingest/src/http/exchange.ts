import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** A request by HTTP/1.1 or HTTP/2. */
export type Incoming = IncomingMessage | Http2ServerRequest;

/** Its answer, as far as the door writes one. */
export interface Outgoing {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  writeHead(status: number, headers: Record<string, string | number>): unknown;
  end(body: Uint8Array): unknown;
  destroy(): unknown;
}
