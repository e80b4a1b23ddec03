import * as z from "zod/mini";
import { ApiError, messageOf } from "./api-error.ts";

/** A value of a query parameter; a list repeats it, undefined and "" leave it out. */
export type QueryValue = string | number | boolean | undefined | readonly string[];

/** What a call sends. */
export interface CallOptions {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** How long to wait for the answer. Default: 30 s. */
  readonly timeoutMs?: number;
}

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Calls the gateway and checks its answer. Fails with an ApiError, or with an AbortError when the signal says so. */
export async function call<T>(schema: z.ZodMiniType<T>, path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (!response.ok) throw await errorOf(response);
  const answer: unknown = response.status === 204 ? undefined : await readJson(response);
  const parsed = z.safeParse(schema, answer);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new ApiError(
    response.status,
    "unreadable",
    `cannot read the answer of ${path}: got an unknown shape at "${where}"`,
  );
}

/** Calls the gateway and gives its answer as text. Fails as `call` does. */
export async function callText(path: string, options: CallOptions = {}): Promise<string> {
  const response = await send(path, options);
  if (!response.ok) throw await errorOf(response);
  return response.text();
}

/** A path with its query: lists repeat the parameter, undefined and "" are left out. */
export function pathWithQuery(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    const values = typeof value === "object" ? value : [String(value)];
    for (const one of values) params.append(name, one);
  }
  const search = params.toString();
  return search === "" ? path : `${path}?${search}`;
}

async function send(path: string, options: CallOptions): Promise<Response> {
  const { method = "GET", query, body, signal, timeoutMs = 30_000 } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    return await fetch(pathWithQuery(path, query), {
      method,
      headers,
      credentials: "same-origin",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    const reason = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : messageOf(thrown);
    throw new ApiError(0, "network", `cannot reach Sightline: ${reason}`);
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (thrown) {
    throw new ApiError(response.status, "unreadable", `cannot read the answer: got ${messageOf(thrown)}, want JSON`);
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get("retry-after") ?? "");
  const retryAfterMs = retryAfter > 0 ? retryAfter * 1000 : undefined;
  const answer: unknown = await response.json().catch(() => undefined);
  const parsed = z.safeParse(errorSchema, answer);
  if (parsed.success) {
    return new ApiError(response.status, parsed.data.error.code, parsed.data.error.message, retryAfterMs);
  }
  const message = `the server answered ${response.status} ${response.statusText}`.trim();
  return new ApiError(response.status, "unreadable", message, retryAfterMs);
}
