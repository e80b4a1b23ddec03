import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { z } from "zod";

const labels = z.record(z.string(), z.string());

/** Alertmanager's webhook, version 4, as a receiver reads it; the two that are optional came with 0.34. */
export const webhookBody = z.strictObject({
  version: z.literal("4"),
  groupKey: z.string(),
  truncatedAlerts: z.number(),
  status: z.enum(["firing", "resolved"]),
  receiver: z.string(),
  groupLabels: labels,
  commonLabels: labels,
  commonAnnotations: labels,
  routeLabels: labels.optional(),
  notification_reason: z.string().optional(),
  externalURL: z.string(),
  alerts: z.array(
    z.strictObject({
      status: z.enum(["firing", "resolved"]),
      labels,
      annotations: labels,
      startsAt: z.string(),
      endsAt: z.string(),
      generatorURL: z.string(),
      fingerprint: z.string(),
    }),
  ),
});

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: z.infer<typeof webhookBody>;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** Answers the next request so, instead of 200; in the order given. */
  answer(...answers: readonly ((response: ServerResponse) => void)[]): void;
}

/** A real webhook receiver on loopback that keeps what it is sent. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: ((response: ServerResponse) => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const body = webhookBody.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    received.push({ headers: request.headers, body });
    const answer = answers.shift();
    if (answer === undefined) response.end("ok");
    else answer(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: (...next) => void answers.push(...next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers with a status and some headers. */
export function status(code: number, headers: Record<string, string> = {}, body = "") {
  return (response: ServerResponse): void => {
    response.writeHead(code, headers).end(body);
  };
}

/** Takes the request and never answers. */
export const hang = (): undefined => undefined;
