import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { z } from "zod";

const labels = z.record(z.string(), z.string());

/** What is read of Alertmanager's webhooks; of other channels nothing. */
const notification = z.looseObject({
  status: z.enum(["firing", "resolved"]).optional(),
  alerts: z
    .array(
      z.looseObject({ status: z.enum(["firing", "resolved"]), labels, annotations: labels, fingerprint: z.string() }),
    )
    .default([]),
});

/** A request that a receiver got. */
export interface ReceivedRequest extends z.infer<typeof notification> {
  /** Milliseconds of `performance.now()`. */
  readonly atMs: number;
  /** When it was over, answered or given up; undefined: it is not. */
  endedMs: number | undefined;
}

export type Answer = (response: ServerResponse) => void;

/** Receivers of webhooks on one port, told apart by their paths; each answers as it is told to. */
export interface FakeReceivers extends AsyncDisposable {
  readonly origin: string;
  url(name: string): string;
  /** All that it got so far, oldest first. */
  received(name: string): readonly ReceivedRequest[];
  /** From now on. At first each answers 200. */
  answer(name: string, how: Answer): void;
}

/** Answers with a status. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end();

/** Takes what it is sent and never answers. */
export const hang: Answer = () => undefined;

/** Answers with a status, and with a body that does not end. */
export const endless =
  (code: number): Answer =>
  (response) => {
    response.writeHead(code, { "content-type": "text/plain" });
    response.write("wait");
  };

export async function startFakeReceivers(): Promise<FakeReceivers> {
  const requests = new Map<string, ReceivedRequest[]>();
  const answers = new Map<string, Answer>();
  const server = createServer(async (request, response) => {
    const name = (request.url ?? "").slice(1);
    const atMs = performance.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const received = { ...notification.parse(JSON.parse(Buffer.concat(chunks).toString())), atMs, endedMs: undefined };
    requests.set(name, [...(requests.get(name) ?? []), received]);
    response.on("close", () => Object.assign(received, { endedMs: performance.now() }));
    (answers.get(name) ?? status(200))(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    origin,
    url: (name) => `${origin}/${name}`,
    received: (name) => requests.get(name) ?? [],
    answer: (name, how) => void answers.set(name, how),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
