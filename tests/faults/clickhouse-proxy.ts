import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

/** What happens to an insert on its way. */
export type Fate =
  | { readonly kind: "pass" }
  /** The database has it, but nobody hears of it. */
  | { readonly kind: "lose the answer" }
  /** It waits before it goes on, milliseconds. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Refused with a code of ClickHouse's, without having been there. */
  | { readonly kind: "refuse"; readonly code: number; readonly text: string };

/** An insert that came by. */
export interface PassedInsert {
  readonly token: string;
  readonly fate: Fate["kind"];
}

/** Stands between storage and ClickHouse. Queries and statements pass; inserts fare as told. */
export interface ClickHouseProxy extends AsyncDisposable {
  readonly url: string;
  /** Decides over every insert from now on. */
  decide(fateOf: (token: string) => Fate): void;
  readonly inserts: readonly PassedInsert[];
}

export async function startClickHouseProxy(targetPort: number): Promise<ClickHouseProxy> {
  let fateOf: (token: string) => Fate = () => ({ kind: "pass" });
  const inserts: PassedInsert[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const token = new URL(request.url ?? "/", "http://proxy").searchParams.get("insert_deduplication_token");
    const fate: Fate = token === null ? { kind: "pass" } : fateOf(token);
    if (token !== null) inserts.push({ token, fate: fate.kind });
    if (fate.kind === "refuse") return refuse(response, fate);
    const pass = () =>
      forward(request, Buffer.concat(chunks), { response, targetPort, isHeard: fate.kind !== "lose the answer" });
    if (fate.kind === "delay") setTimeout(pass, fate.ms);
    else pass();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    decide: (decider) => {
      fateOf = decider;
    },
    inserts,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(response: ServerResponse, { code, text }: Extract<Fate, { kind: "refuse" }>): void {
  response.writeHead(500, { "x-clickhouse-exception-code": String(code), "content-type": "text/plain" });
  response.end(`Code: ${code}. DB::Exception: ${text}`);
}

interface Onward {
  readonly response: ServerResponse;
  readonly targetPort: number;
  /** Whether the answer is passed back; otherwise the connection breaks once it is there. */
  readonly isHeard: boolean;
}

function forward(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  { response, targetPort, isHeard }: Onward,
): void {
  const options = { host: "127.0.0.1", port: targetPort, method, path: url, headers, agent: false };
  const onward = httpRequest(options, (answer) => {
    if (!isHeard) {
      answer.resume().on("end", () => response.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  onward.end(body);
}
