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

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/html; charset=UTF-8", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

function route(incoming: IncomingMessage, response: ServerResponse, queries: QueryHandler): void {
  const url = new URL(incoming.url ?? "/", "http://clickhouse");
  const { method } = incoming;
  const reads = method === "GET" || method === "HEAD";
  if (method === "OPTIONS") answer(response, 204, "");
  else if (!reads && method !== "POST") answer(response, 405, `Method ${method} is not allowed\n`);
  else if (reads && (url.pathname === "/ping" || url.pathname === "/replicas_status")) answer(response, 200, "Ok.\n");
  else if (reads && incoming.url === "/") answer(response, 200, "Ok.\n");
  else if (url.pathname === "/") {
    // A body that is not wanted any more (a refused INSERT) is read to its end, so that the client gets the answer.
    response.once("finish", () => incoming.unpipe().resume());
    void queries.handle(incoming, response, url.searchParams);
  } else answer(response, 404, NO_HANDLE.replace("%s", url.pathname));
}

/** ClickHouse's HTTP interface over `queries`, not yet listening. */
export function createHttpServer(queries: QueryHandler): Server {
  const server = createServer({ keepAliveTimeout: 10_000, requestTimeout: 300_000 }, (incoming, response) => {
    route(incoming, response, queries);
  });
  server.maxConnections = 1024;
  return server;
}
