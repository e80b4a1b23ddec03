import type { IncomingHttpHeaders } from "node:http";
import { guardedFetch, type OutboundPolicy, type TlsOptions } from "@sightline/service/outbound";
import type { HttpProxy } from "@sightline/service/outbound-proxy";
import type { HttpSettings, ProxySettings, TlsSettings } from "./settings.ts";

/** Longest answer that is read. */
const maxAnswerBytes = 64 * 1024;

/** One request of a channel. */
export interface HttpRequest {
  /** Default POST. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; its type is in the headers. */
  readonly body?: string | Uint8Array;
  /** Default 64 KiB: of a longer answer only the beginning is read. */
  readonly maxAnswerBytes?: number;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As far as it came in time. */
  readonly text: string;
}

export interface ExchangeOptions {
  readonly http: HttpSettings | undefined;
  /** What a server of OAuth 2.0 gave us for it. */
  readonly token?: string | undefined;
  readonly policy: OutboundPolicy;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One exchange under the rules for URLs that users set. Throws as `guardedFetch`. */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpAnswer> {
  const { http, token, policy, timeoutMs, signal } = options;
  const tls = tlsOptions(http?.tls);
  const proxy = proxyOptions(http?.proxy);
  const { status, headers, body } = await guardedFetch(request.url, {
    method: request.method ?? "POST",
    headers: {
      ...(request.json !== undefined && { "content-type": "application/json" }),
      ...authorization(http),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...lowerCased(request.headers),
      ...lowerCased(http?.headers),
    },
    ...(request.json !== undefined && { body: JSON.stringify(request.json) }),
    ...(request.body !== undefined && { body: request.body }),
    ...(tls !== undefined && { tls }),
    ...(proxy !== undefined && { proxy }),
    policy,
    timeoutMs,
    maxBodyBytes: request.maxAnswerBytes ?? maxAnswerBytes,
    partialBody: true,
    signal,
  });
  return { status, headers, text: body.toString("utf8") };
}

/** So that what is set replaces a header of ours instead of standing beside it. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function authorization(http: HttpSettings | undefined): Record<string, string> {
  if (http?.basicAuth !== undefined) {
    const { username, password } = http.basicAuth;
    return { authorization: basicOf(username, password.reveal()) };
  }
  if (http?.authorization === undefined) return {};
  const { type, credentials } = http.authorization;
  return { authorization: `${type} ${credentials.reveal()}` };
}

/** A name and a password as a header has them (RFC 7617). */
export function basicOf(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** The credentials as they are sent, which a receiver might echo. */
export function credentialsOf(http: HttpSettings | undefined): string[] {
  const proxies = [http?.proxy, http?.oauth2?.proxy].map((proxy) => proxyOptions(proxy)?.authorization ?? "");
  return [...Object.values(authorization(http)), ...proxies].map((value) => value.slice(value.indexOf(" ") + 1));
}

/** By way of whom a connection is made. */
export function proxyOptions(settings: ProxySettings | undefined): HttpProxy | undefined {
  if (settings === undefined) return undefined;
  const { origin, username, password, connectHeaders, noProxy } = settings;
  const headers = Object.entries(connectHeaders).map(([name, value]) => [name.toLowerCase(), value.reveal()]);
  const isNamed = username !== "" || password !== undefined;
  return {
    ...{ origin, noProxy, connectHeaders: Object.fromEntries(headers) },
    ...(isNamed && { authorization: basicOf(username, password?.reveal() ?? "") }),
  };
}

/** How a connection is encrypted. */
export function tlsOptions(settings: TlsSettings | undefined): TlsOptions | undefined {
  if (settings === undefined) return undefined;
  const { ca, cert, key, serverName, insecureSkipVerify } = settings;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: key.reveal() }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !insecureSkipVerify,
  };
}

/** The value that a JSON answer has; undefined when it is none, or not whole. */
export function jsonOf({ text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
