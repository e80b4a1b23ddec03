import { request } from "undici";

const timeoutMs = 30_000;

/** Runs one statement that answers nothing, over HTTP, with the credentials in the URL. */
export async function clickHouseCommand(url: string, statement: string): Promise<void> {
  const { origin, username, password } = new URL(url);
  const response = await request(origin, {
    method: "POST",
    body: statement,
    headers: {
      "x-clickhouse-user": decodeURIComponent(username) || "default",
      "x-clickhouse-key": decodeURIComponent(password),
      // The connection is not kept: it would outlive the test.
      connection: "close",
    },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`cannot run "${statement}": got ${answer.trim()}`);
}
