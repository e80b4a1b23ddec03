import { createServer } from "node:http";
import { z } from "zod";

const notification = z.looseObject({
  version: z.literal("4"),
  status: z.enum(["firing", "resolved"]),
  alerts: z.array(
    z.looseObject({
      status: z.enum(["firing", "resolved"]),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});
export type WebhookNotification = z.infer<typeof notification>;

/** A receiver of Alertmanager's webhooks (version 4) on this machine that keeps what it is told. */
export async function startWebhookReceiver() {
  const received: WebhookNotification[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    received.push(notification.parse(JSON.parse(Buffer.concat(chunks).toString())));
    response.end("ok");
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
