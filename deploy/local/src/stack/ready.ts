import http from "node:http";

/** What a service's /readyz says: true, or why it is not ready. */
export async function readiness(host: string, port: number): Promise<true | string> {
  try {
    const { status, body } = await get(`http://${host}:${port}/readyz`);
    return status === 200 ? true : reasonIn(body);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a service's /livez answers at all: its event loop turns. */
export async function isAlive(host: string, port: number): Promise<boolean> {
  try {
    return (await get(`http://${host}:${port}/livez`)).status === 200;
  } catch {
    return false;
  }
}

const timeoutMs = 2000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Over a connection of its own: nothing stays open between two questions. */
function get(url: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = http.get(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    response.on("error", reject);
  });
  request.on("error", reject);
  return promise;
}

/** `{"notReady":{"nats":"not connected"}}` as `nats: not connected`. */
function reasonIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    const notReady: unknown =
      typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "notReady") : undefined;
    if (typeof notReady !== "object" || notReady === null) return body;
    return Object.entries(notReady)
      .map(([name, reason]) => `${name}: ${String(reason)}`)
      .join(", ");
  } catch {
    return body;
  }
}
