import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Settings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

/** The gateway's REST interface, for one key. Every call throws an AppError. */
export interface GatewayClient {
  get<T>(path: string, query: Readonly<Record<string, string | number>>, answer: z.ZodType<T>): Promise<T>;
  /** `timeoutMs` is for what may take longer than a query. */
  post<T>(path: string, body: unknown, answer: z.ZodType<T>, options?: { readonly timeoutMs: number }): Promise<T>;
  put<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T>;
  delete<T>(path: string, answer: z.ZodType<T>): Promise<T>;
  bytes(path: string): Promise<Uint8Array>;
}

/** As long as a query may wait for its turn and take. */
const TIMEOUT_MS = 60_000;
const errorForm = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
/** As Prometheus tells it. */
const foreignErrorForm = z.object({ error: z.string() });

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_argument",
  401: "unauthenticated",
  403: "permission_denied",
  404: "not_found",
  409: "failed_precondition",
  422: "failed_precondition",
  429: "resource_exhausted",
  502: "unavailable",
  503: "unavailable",
  504: "deadline_exceeded",
};

/** Throws UsageError at once when the settings have no key. */
export function createGatewayClient({ server, apiKey }: Settings, signal: AbortSignal): GatewayClient {
  if (apiKey === undefined) {
    throw new UsageError(
      "cannot ask the server: got no API key, want one with the scope admin in SIGHTLINE_API_KEY or in the settings file",
    );
  }
  const send = async (path: string, request: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Response> => {
    const url = new URL(path, server);
    let answer: Response;
    try {
      answer = await fetch(url, {
        ...request,
        headers: { authorization: `Bearer ${apiKey.reveal()}`, "content-type": "application/json" },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (cause) {
      throw unreachable(server, cause);
    }
    if (!answer.ok) throw await errorOf(answer);
    return answer;
  };
  return {
    get: async (path, query, schema) => {
      const text = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) text.set(name, String(value));
      return read(await send(`${path}?${text}`, {}), schema);
    },
    post: async (path, body, schema, options) =>
      read(await send(path, { method: "POST", body: JSON.stringify(body) }, options?.timeoutMs), schema),
    put: async (path, body, schema) => read(await send(path, { method: "PUT", body: JSON.stringify(body) }), schema),
    delete: async (path, schema) => read(await send(path, { method: "DELETE" }), schema),
    bytes: async (path) => new Uint8Array(await (await send(path, {})).arrayBuffer()),
  };
}

function unreachable(server: string, cause: unknown): AppError {
  const error = AppError.from(cause);
  if (error.code === "cancelled" || error.code === "deadline_exceeded") return error;
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : error.message;
  return new AppError("unavailable", `cannot reach ${server}: ${reason}; is Sightline running there?`, { cause });
}

async function errorOf(answer: Response): Promise<AppError> {
  const text = await answer.text();
  const code = CODES[answer.status] ?? "internal";
  const parsed = errorForm.safeParse(parseJson(text));
  return new AppError(code, parsed.success ? parsed.data.error.message : foreignMessage(text, answer));
}

/** The languages' own APIs tell errors in their own ways: Loki and Tempo as plain text. */
function foreignMessage(text: string, answer: Response): string {
  const parsed = foreignErrorForm.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.error;
  const isPlain = answer.headers.get("content-type")?.startsWith("text/plain") === true && text.trim() !== "";
  return isPlain ? text.trim().slice(0, 1000) : `${answer.url} answered ${answer.status}`;
}

async function read<T>(answer: Response, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parseJson(await answer.text()));
  if (parsed.success) return parsed.data;
  throw new AppError("internal", `cannot read the answer of ${answer.url}: ${z.prettifyError(parsed.error)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
