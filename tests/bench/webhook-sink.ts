import { createServer } from "node:http";

/** A receiver of webhooks that only keeps when each came, and what `look` finds in it. */
export interface WebhookSink<T> extends AsyncDisposable {
  readonly url: string;
  readonly received: { readonly atMs: number; readonly found: T }[];
}

export async function startWebhookSink<T>(look: (body: Buffer) => T): Promise<WebhookSink<T>> {
  const received: { atMs: number; found: T }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ atMs: Date.now(), found: look(Buffer.concat(chunks)) });
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
