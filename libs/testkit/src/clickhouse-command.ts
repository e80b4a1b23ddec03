import { request } from "undici";

const timeoutMs = 30_000;

/** A ClickHouse server and who to be there. */
export interface ClickHouseLogin {
  /** Without credentials. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** The login in a URL with credentials. */
export function loginOf(urlWithCredentials: string): ClickHouseLogin {
  const { origin, username, password } = new URL(urlWithCredentials);
  return { url: origin, username: decodeURIComponent(username) || "default", password: decodeURIComponent(password) };
}

/** Runs one statement over HTTP and answers what came back, as text. Rejects with the server's words. */
export async function clickHouseCommand(login: ClickHouseLogin, statement: string): Promise<string> {
  const response = await request(login.url, {
    method: "POST",
    body: statement,
    headers: {
      "x-clickhouse-user": login.username,
      "x-clickhouse-key": login.password,
      // The connection is not kept: it would outlive the test.
      connection: "close",
    },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = (await response.body.text()).trim();
  if (response.statusCode !== 200) throw new Error(`cannot run "${statement}": got ${answer}`);
  return answer;
}
