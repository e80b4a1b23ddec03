import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type Socket } from "node:net";

/** What a proxy was asked for. */
export interface Asked {
  readonly method: string;
  /** host:port of CONNECT, the whole URL of all others. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

export interface TestProxy extends AsyncDisposable {
  readonly origin: string;
  readonly asked: Asked[];
  /** Resolves when all connections to it, and its own, are closed; rejects when they are not soon. */
  untilClosed(): Promise<void>;
}

export interface TestProxyOptions {
  /** Where each name leads. Default: where it says. */
  readonly leadsTo?: number;
  /** What CONNECT is answered with, as it is on the wire, before the connection ends; undefined: it connects. */
  readonly answer?: string;
  /** What all else is answered with. Default: it is forwarded. */
  readonly listener?: RequestListener;
  /** It is spoken to over TLS. */
  readonly certificate?: { readonly key: string; readonly cert: string };
}

/** A real proxy of HTTP on loopback: CONNECT, and requests in absolute form. */
export async function startProxy({
  leadsTo,
  answer,
  listener,
  certificate,
}: TestProxyOptions = {}): Promise<TestProxy> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const held = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    return socket;
  };
  const forward: RequestListener = (request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, target: url, headers });
    if (listener !== undefined) return listener(request, response);
    const { pathname, search, port } = new URL(url);
    const onward = httpRequest({
      host: "127.0.0.1",
      port: leadsTo ?? port,
      path: pathname + search,
      method,
      headers,
      agent: false,
    });
    onward.once("response", (got) => got.pipe(response.writeHead(got.statusCode ?? 0, got.headers)));
    request.pipe(onward.on("error", () => response.destroy()));
  };
  const server = certificate === undefined ? createServer(forward) : createSecureServer(certificate, forward);
  server.on("connection", held);
  server.on("connect", ({ method = "", url = "", headers }, client, head) => {
    asked.push({ method, target: url, headers });
    client.on("error", () => client.destroy());
    if (answer !== undefined) return void client.end(answer);
    const { hostname, port } = new URL(`http://${url}`);
    const target = held(connect(leadsTo ?? Number(port || 80), leadsTo === undefined ? hostname : "127.0.0.1"));
    target.once("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      client.pipe(target).pipe(client);
    });
    client.once("close", () => target.destroy());
    target.once("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: certificate === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    asked,
    async untilClosed() {
      const signal = AbortSignal.timeout(3000);
      for (const socket of sockets) if (!socket.closed) await once(socket, "close", { signal });
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
