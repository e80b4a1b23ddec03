import type { IncomingMessage } from "node:http";
import { ClickHouseException } from "./exceptions.ts";
import { maxSessionTimeoutSeconds, type SessionRequest } from "./sessions.ts";

/** What the URL and the headers of one request to `/` say. */
export interface QueryRequest {
  readonly queryId: string;
  /** The `query` parameter: the first part of the statement, the body being the rest. */
  readonly query: string;
  readonly database: string | undefined;
  readonly defaultFormat: string;
  readonly settings: Map<string, string>;
  readonly parameters: Map<string, string>;
  readonly roles: readonly string[];
  /** Hold the answer back until the query has ended, so that the status and the summary are final. */
  readonly waitEndOfQuery: boolean;
  readonly credentials: Credentials;
  readonly session: SessionRequest | undefined;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Parameters of the HTTP interface that are no settings of the engine and change nothing here. */
const WITHOUT_EFFECT = new Set(["stacktrace", "quota_key", "client_protocol_version", "buffer_size"]);
const INTERFACE_PARAMETERS = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "role",
  "user",
  "password",
  "wait_end_of_query",
  "session_id",
  "session_timeout",
  "session_check",
]);

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function credentials(request: IncomingMessage, url: URLSearchParams): Credentials {
  const user = header(request, "x-clickhouse-user");
  const key = header(request, "x-clickhouse-key");
  if (user !== undefined || key !== undefined) return { user: user ?? "default", password: key ?? "" };
  const basic = /^Basic\s+(\S+)$/i.exec(header(request, "authorization") ?? "")?.[1];
  if (basic !== undefined) {
    const [name = "", ...rest] = Buffer.from(basic, "base64").toString("utf8").split(":");
    return { user: name, password: rest.join(":") };
  }
  return { user: url.get("user") ?? "default", password: url.get("password") ?? "" };
}

function isTrue(value: string | null): boolean {
  return value === "1" || value === "true";
}

function session(url: URLSearchParams): SessionRequest | undefined {
  const id = url.get("session_id");
  if (id === null) return undefined;
  if (id === "")
    throw new ClickHouseException(744, "SESSION_ID_EMPTY", "Session id query parameter was provided, but it was empty");
  const timeoutSeconds = Number(url.get("session_timeout") ?? 60);
  if (!Number.isSafeInteger(timeoutSeconds) || timeoutSeconds < 0 || timeoutSeconds > maxSessionTimeoutSeconds) {
    const message = `Session timeout '${url.get("session_timeout")}' is not between 0 and ${maxSessionTimeoutSeconds}`;
    throw new ClickHouseException(374, "INVALID_SESSION_TIMEOUT", message);
  }
  return { id, timeoutSeconds, mustExist: isTrue(url.get("session_check")) };
}

/** Sorts the URL's parameters into those of the interface, `param_…` values and settings of the query. */
export function readQueryRequest(
  request: IncomingMessage,
  url: URLSearchParams,
  newQueryId: () => string,
): QueryRequest {
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of url) {
    if (name.startsWith("param_")) parameters.set(name.slice("param_".length), value);
    else if (!INTERFACE_PARAMETERS.has(name) && !WITHOUT_EFFECT.has(name)) settings.set(name, value);
  }
  for (const name of ["compress", "decompress"]) {
    if (isTrue(url.get(name))) {
      const message = `${name}=1 (ClickHouse's own block compression) is not supported, use HTTP compression`;
      throw new ClickHouseException(48, "NOT_IMPLEMENTED", message);
    }
    settings.delete(name);
  }
  // A GET must not change anything: the server implies readonly=2, which still lets the query bring settings.
  if (request.method !== "POST" && !settings.has("readonly")) settings.set("readonly", "2");
  return {
    queryId: url.get("query_id") || newQueryId(),
    query: url.get("query") ?? "",
    database: url.get("database") || header(request, "x-clickhouse-database") || undefined,
    defaultFormat: url.get("default_format") || header(request, "x-clickhouse-format") || "TabSeparated",
    settings,
    parameters,
    roles: url.getAll("role"),
    waitEndOfQuery: isTrue(url.get("wait_end_of_query")) || isTrue(url.get("http_wait_end_of_query")),
    credentials: credentials(request, url),
    session: session(url),
  };
}
