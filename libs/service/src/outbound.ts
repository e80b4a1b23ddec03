import { lookup } from "node:dns/promises";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, connect as netConnect, type Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { judgeAddress } from "./address-rules.ts";

/** What addresses that a user chose may lead to. */
export interface OutboundPolicy {
  /** Whether loopback and private networks may be reached. Link-local and metadata addresses never are. */
  readonly allowPrivate: boolean;
  /** Finds a name's addresses. Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface OutboundOptions {
  readonly policy: OutboundPolicy;
  /** What the whole exchange may take, name resolution included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface FetchOptions extends OutboundOptions {
  /** Default GET. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A longer answer is an error. 0: only status and headers are wanted, the rest is not read. */
  readonly maxBodyBytes: number;
  /** What counts is the status: a body that is too long, too slow or broken off is given as far as it came. */
  readonly partialBody?: boolean;
  /** Whom to trust and who we are, where it is https. */
  readonly tls?: TlsOptions;
}

/** As `tls.connect` takes them; certificates and keys are PEM. */
export type TlsOptions = Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;

export interface FetchAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One HTTP exchange with a URL that a user chose. The name is resolved once, every address it has is checked, and the
 * connection goes to a checked address, so that a name cannot change its mind in between. Redirects are not followed:
 * the answer is theirs as it is.
 *
 * @throws AppError invalid_argument (the URL), permission_denied (where it leads), unavailable (no answer),
 *   deadline_exceeded, too_large (the answer), cancelled
 */
export async function guardedFetch(url: string, options: FetchOptions): Promise<FetchAnswer> {
  const target = parseUrl(url);
  const what = `fetch ${shownUrl(target)}`;
  const { maxBodyBytes } = options;
  if (options.partialBody === true) {
    const response = await bounded(what, options, (signal) => respond(target, options, signal));
    return answerOf(response, await readBeginning(response, maxBodyBytes));
  }
  return bounded(what, options, async (signal) => {
    const response = await respond(target, options, signal);
    return answerOf(response, await readBody(response, maxBodyBytes, shownUrl(target)));
  });
}

/** The head of the answer; its body is cut off when the signal aborts. */
async function respond(target: URL, options: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const port = target.port === "" ? (target.protocol === "https:" ? 443 : 80) : Number(target.port);
  const addresses = await checkedAddresses(hostOf(target), options.policy);
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = send(target, {
    ...options.tls,
    method: options.method ?? "GET",
    headers: { "user-agent": "sightline", ...options.headers },
    port,
    agent: false,
    signal,
    lookup: (_host, { all }, callback) => {
      const [first] = addresses;
      if (all) callback(null, [...addresses]);
      else callback(null, first?.address ?? "", first?.family);
    },
  });
  // The error listener stays: one that comes after the answer would otherwise end the process.
  request.once("response", resolve).on("error", reject);
  request.end(options.body);
  return promise;
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, body: Buffer): FetchAnswer {
  return { status: statusCode, headers, body };
}

/**
 * Opens a TCP connection to a host:port that a user chose, under the same rules; the caller ends the socket, which is
 * cut off when the time is over.
 *
 * @throws AppError as `guardedFetch`
 */
export async function guardedConnect(hostPort: string, options: OutboundOptions): Promise<Socket> {
  const { host, port } = parseHostPort(hostPort);
  return bounded(`connect to ${hostPort}`, options, async (signal) => {
    const addresses = await checkedAddresses(host, options.policy);
    let failure: unknown;
    for (const { address } of addresses) {
      try {
        return await open(address, port, signal);
      } catch (error) {
        failure = error;
        if (signal.aborted) break;
      }
    }
    throw failure;
  });
}

/**
 * Whether a URL could be fetched, as far as its text tells.
 *
 * @throws AppError invalid_argument, naming what is wrong
 */
export function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw invalid(`cannot use the URL ${quoted(text)}: it is malformed`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid(`cannot use the URL ${quoted(text)}: got ${url.protocol}, want http: or https:`);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid(`cannot use the URL of ${url.host}: it holds a user or a password`);
  }
  return url;
}

/**
 * The parts of host:port, in any spelling of the host that a URL may have.
 *
 * @throws AppError invalid_argument
 */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } {
  const url = /^[^/?#@\s]+:\d+$/.test(text) ? URL.parse(`http://${text}`) : null;
  // Not the URL's port, which is empty where it is the scheme's own.
  const port = Number(/:(\d+)$/.exec(text)?.[1] ?? 0);
  if (url === null || port < 1 || port > 65535) throw invalid(`cannot use ${quoted(text)}: want host:port`);
  return { host: hostOf(url), port };
}

async function checkedAddresses(host: string, policy: OutboundPolicy): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host);
  const resolve = policy.resolve ?? ((name: string) => lookup(name, { all: true }));
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  if (addresses.length === 0) throw unavailable(`cannot find ${host}: it has no address`);
  for (const { address } of addresses) {
    const verdict = judgeAddress(address);
    if (verdict === undefined || (verdict.kind === "private" && policy.allowPrivate)) continue;
    const where = address === host ? host : `${host} (${address})`;
    throw new AppError("permission_denied", `cannot connect to ${where}: it is ${verdict.reason}`);
  }
  return addresses;
}

async function open(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = netConnect({ host, port, signal });
  // The error listener stays: a reset after the connect would otherwise end the process.
  socket.once("connect", resolve).on("error", reject);
  await promise;
  return socket;
}

async function readBody(response: IncomingMessage, maxBytes: number, from: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (maxBytes === 0) {
    response.destroy();
    return Buffer.alloc(0);
  }
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > maxBytes) {
      response.destroy();
      throw new AppError("too_large", `cannot read the answer of ${from}: it is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What comes of a body before it is too long, breaks off or its time is over. */
async function readBeginning(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes >= maxBytes) break;
    }
  } catch {
    response.destroy();
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** Runs an exchange within its time; what the network throws becomes an AppError that says what was tried. */
async function bounded<T>(
  what: string,
  { timeoutMs, signal }: OutboundOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(either.reason);
  either.addEventListener("abort", onAbort, { once: true });
  if (either.aborted) onAbort();
  try {
    return await Promise.race([work(either), aborted]);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (timeout.aborted) throw new AppError("deadline_exceeded", `cannot ${what}: no answer within ${timeoutMs} ms`);
    if (signal?.aborted) throw new AppError("cancelled", `cannot ${what}: stopping`, { cause });
    throw unavailable(`cannot ${what}: ${reasonOf(cause)}`, { cause });
  } finally {
    either.removeEventListener("abort", onAbort);
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message : String(cause);
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** Without the query, which may hold secrets. */
function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
