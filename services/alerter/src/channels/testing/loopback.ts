import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

/** A request as it came. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, received: Received) => void;

/** Any HTTP receiver on loopback. */
export interface Loopback extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** Answers the next requests so, in the order given, then as it was started. */
  answer(...answers: readonly Answer[]): void;
}

/** Starts a receiver that keeps what it is sent and answers by default with `usual`. */
export async function startLoopback(usual: Answer): Promise<Loopback> {
  const received: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const { method = "", url: path = "", headers } = request;
    const got = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
    received.push(got);
    (answers.shift() ?? usual)(response, got);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: (...next) => void answers.push(...next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers with JSON. */
export function json(code: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

/** Answers with text. */
export function text(code: number, body = "", headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(code, { "content-type": "text/plain", ...headers }).end(body);
  };
}

/** Takes the request and never answers. */
export const hang: Answer = () => undefined;
