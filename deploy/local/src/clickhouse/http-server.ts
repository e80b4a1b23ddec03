import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { QueryHandler } from "./query-handler.ts";

const NO_HANDLE = `There is no handle %s

Use / or /ping for health checks.
Or /replicas_status for more sophisticated health checks.

Send queries from your program with POST method or GET /?query=...

Use clickhouse-client:

For interactive data analysis:
    clickhouse-client

For batch query processing:
    clickhouse-client --query='SELECT 1' > result
    clickhouse-client < query > result
`;

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, { "Content-Type": "text/html; charset=UTF-8", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

function isHealthCheck(incoming: IncomingMessage, path: string): boolean {
  return path === "/ping" || path === "/replicas_status" || incoming.url === "/";
}

/** The answer to a request that carries no query; undefined for one that does. */
function answerWithoutQuery(incoming: IncomingMessage, url: URL | null): Answer | undefined {
  const { method } = incoming;
  const reads = method === "GET" || method === "HEAD";
  if (url === null) return { status: 400, text: "The request has no valid URL\n" };
  if (method === "OPTIONS") return { status: 204, text: "" };
  if (!reads && method !== "POST") return { status: 405, text: `Method ${method} is not allowed\n` };
  if (reads && isHealthCheck(incoming, url.pathname)) return { status: 200, text: "Ok.\n" };
  return url.pathname === "/" ? undefined : { status: 404, text: NO_HANDLE.replace("%s", url.pathname) };
}

function route(incoming: IncomingMessage, response: ServerResponse, queries: QueryHandler): void {
  // A body that is not wanted any more (a refused INSERT) is read to its end, so that the client gets the answer.
  response.once("finish", () => incoming.unpipe().resume());
  const url = URL.parse(incoming.url ?? "/", "http://clickhouse");
  const answer = answerWithoutQuery(incoming, url);
  if (answer !== undefined) send(response, answer);
  else if (url !== null) queries.handle(incoming, response, url.searchParams).catch(() => response.destroy());
}

/** ClickHouse's HTTP interface over `queries`, not yet listening. */
export function createHttpServer(queries: QueryHandler): Server {
  // ClickHouse takes URLs of up to 1 MiB (`http_max_uri_size`): parameters come in them.
  const options = { keepAliveTimeout: 10_000, requestTimeout: 300_000, maxHeaderSize: 1024 * 1024 + 64 * 1024 };
  const server = createServer(options, (incoming, response) => route(incoming, response, queries));
  server.maxConnections = 1024;
  return server;
}
