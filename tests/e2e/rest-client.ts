import type { z } from "zod";

/** The public REST interface, called with an API key or after a login. */
export function createRestClient(url: string, headers: Record<string, string>) {
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(url + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text;
  };
  return {
    get: async <T>(path: string, schema: z.ZodType<T>): Promise<T> => schema.parse(JSON.parse(await send("GET", path))),
    text: (path: string): Promise<string> => send("GET", path),
    send: async <T>(method: "POST" | "PUT" | "DELETE", path: string, body: unknown, schema: z.ZodType<T>): Promise<T> =>
      schema.parse(JSON.parse(await send(method, path, body))),
  };
}

/** Logs in and returns the headers of a logged-in browser. */
export async function login(url: string, username: string, password: string): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`login answered ${answer.status}: ${await answer.text()}`);
  const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  return { cookie, origin: url };
}

export type RestClient = ReturnType<typeof createRestClient>;
