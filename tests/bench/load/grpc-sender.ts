import { connect, constants } from "node:http2";

/** One connection to a gRPC server. */
export interface Sender {
  /**
   * Sends a framed request; answers the status code of gRPC. A connection that broke is status 14 (UNAVAILABLE), and the
   * next request makes it anew.
   */
  send(frame: Buffer): Promise<number>;
  close(): void;
}

export interface SenderOptions {
  /** host:port. */
  readonly address: string;
  /** The method: /package.Service/Method. */
  readonly path: string;
  readonly apiKey: string;
}

const UNAVAILABLE = 14;
const DEADLINE_EXCEEDED = 4;
/** What exporters wait by default (OTLP specification: 10 s). */
const TIMEOUT_MS = 10_000;

/** Unary calls over plain HTTP/2: the frame goes out as it is, which a gRPC client would copy first. */
export function createSender({ address, path, apiKey }: SenderOptions): Sender {
  const open = () => {
    const made = connect(`http://${address}`);
    // Whoever is waiting hears of it from its own stream.
    made.on("error", () => undefined);
    return made;
  };
  let session = open();
  const headers = {
    [constants.HTTP2_HEADER_METHOD]: "POST",
    [constants.HTTP2_HEADER_PATH]: path,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
    [constants.HTTP2_HEADER_TE]: "trailers",
    "grpc-timeout": `${TIMEOUT_MS}m`,
    authorization: `Bearer ${apiKey}`,
  };
  return {
    send: (frame) => {
      if (session.closed || session.destroyed) session = open();
      const { promise, resolve } = Promise.withResolvers<number>();
      const stream = session.request(headers);
      const take = (received: Record<string, unknown>) => {
        const status = received["grpc-status"];
        if (status !== undefined) resolve(Number(status));
      };
      stream.on("response", take);
      stream.on("trailers", take);
      stream.on("error", () => resolve(UNAVAILABLE));
      stream.on("close", () => resolve(UNAVAILABLE));
      stream.setTimeout(TIMEOUT_MS, () => {
        resolve(DEADLINE_EXCEEDED);
        stream.close(constants.NGHTTP2_CANCEL);
      });
      stream.resume();
      stream.end(frame);
      return promise;
    },
    close: () => session.destroy(),
  };
}
