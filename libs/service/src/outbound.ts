import { lookup } from "node:dns/promises";
import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, connect as netConnect, type Socket } from "node:net";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { judgeAddress } from "./address-rules.ts";
import {
  goesByProxy,
  type HttpProxy,
  openTunnel,
  toProxy,
  wantAllowedProxy,
  wantsCredentials,
} from "./outbound-proxy.ts";

/** How long a name is looked for that a proxy might know as well. */
const LOOKUP_BEFORE_PROXY_MS = 1000;

/** What addresses that a user chose may lead to. */
export interface OutboundPolicy {
  /** Whether loopback and private networks may be reached. Link-local and metadata addresses never are. */
  readonly allowPrivate: boolean;
  /** Origins of the proxies that may be used, wherever they are; names that are not found here lead wherever they do. Default: none. */
  readonly allowedProxies?: readonly string[];
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
  /** By way of whom. */
  readonly proxy?: HttpProxy;
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
 * A proxy looks the name up itself. What is known of it here has to pass all the same; what is not is left to the proxy, which is one that the
 * policy allows.
 *
 * @throws AppError invalid_argument (the URL), permission_denied (where it leads, or the proxy), unauthenticated (at the proxy), unavailable (no
 *   answer), deadline_exceeded, too_large (the answer), cancelled
 */
export async function guardedFetch(url: string, options: FetchOptions): Promise<FetchAnswer> {
  const target = parseUrl(url);
  const { maxBodyBytes, policy, proxy: chosen } = options;
  const proxy = chosen !== undefined && goesByProxy(hostOf(target), portOf(target), chosen) ? chosen : undefined;
  if (proxy !== undefined) wantAllowedProxy(proxy.origin, policy.allowedProxies);
  const send = proxy === undefined ? respond : respondByProxy(proxy);
  const what = `fetch ${shownUrl(target)}${proxy === undefined ? "" : ` by way of the proxy ${proxy.origin}`}`;
  if (options.partialBody === true) {
    const response = await bounded(what, options, (signal) => send(target, options, signal));
    return answerOf(response, await readBeginning(response, maxBodyBytes));
  }
  return bounded(what, options, async (signal) => {
    const response = await send(target, options, signal);
    return answerOf(response, await readBody(response, maxBodyBytes, shownUrl(target)));
  });
}

/** The head of the answer; its body is cut off when the signal aborts. */
async function respond(target: URL, options: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const addresses = await reachableAddresses(hostOf(target), options.policy);
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const request = send(target, {
    ...options.tls,
    ...requestOptions(options),
    port: portOf(target),
    agent: false,
    signal,
    lookup: (_host, { all }, callback) => {
      const [first] = addresses;
      if (all) callback(null, [...addresses]);
      else callback(null, first?.address ?? "", first?.family);
    },
  });
  return responseTo(request, options.body);
}

/** The same by way of a proxy. Inside of its tunnel TLS is with the target; what is not encrypted it asks for in our place. */
function respondByProxy(proxy: HttpProxy): typeof respond {
  return async (target, options, signal) => {
    const host = hostOf(target);
    assertMayReach(host, await knownAddressesOf(host, options.policy), options.policy);
    const asked = requestOptions(options);
    if (target.protocol === "https:") {
      const socket = await openTunnel(proxy, `${target.hostname}:${portOf(target)}`, { tls: options.tls, signal });
      const name = isIP(host) === 0 ? { servername: host } : {};
      const createConnection = () => tlsConnect({ ALPNProtocols: ["http/1.1"], ...name, ...options.tls, host, socket });
      return responseTo(httpsRequest(target, { ...asked, defaultPort: 443, signal, createConnection }), options.body);
    }
    const { send, tls, headers } = toProxy(proxy, options.tls);
    const request = send(proxy.origin, {
      ...tls,
      ...asked,
      headers: { ...asked.headers, ...headers, host: target.host },
      path: `${shownUrl(target)}${target.search}`,
      agent: false,
      signal,
    });
    const response = await responseTo(request, options.body);
    if (response.statusCode !== 407) return response;
    response.destroy();
    throw wantsCredentials(proxy);
  };
}

function requestOptions({ method = "GET", headers }: FetchOptions) {
  return { method, headers: { "user-agent": "sightline", ...headers } };
}

function responseTo(request: ClientRequest, body: FetchOptions["body"]): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // The error listener stays: one that comes after the answer would otherwise end the process.
  request.once("response", resolve).on("error", reject);
  request.end(body);
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
    const addresses = await reachableAddresses(host, options.policy);
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

async function addressesOf(host: string, policy: OutboundPolicy): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host);
  const resolve = policy.resolve ?? ((name: string) => lookup(name, { all: true }));
  return family === 0 ? await resolve(host) : [{ address: host, family }];
}

/** All that a host has, each of which may be connected to. */
async function reachableAddresses(host: string, policy: OutboundPolicy): Promise<readonly ResolvedAddress[]> {
  const addresses = await addressesOf(host, policy);
  if (addresses.length === 0) throw unavailable(`cannot find ${host}: it has no address`);
  assertMayReach(host, addresses, policy);
  return addresses;
}

/** None where the name is not known here: behind a proxy that is usual, and to be said soon. */
async function knownAddressesOf(host: string, policy: OutboundPolicy): Promise<readonly ResolvedAddress[]> {
  const { promise: over, resolve } = Promise.withResolvers<readonly ResolvedAddress[]>();
  const timer = setTimeout(resolve, LOOKUP_BEFORE_PROXY_MS, []);
  try {
    return await Promise.race([addressesOf(host, policy), over]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** Throws permission_denied where one of a host's addresses must not be connected to. */
function assertMayReach(host: string, addresses: readonly ResolvedAddress[], policy: OutboundPolicy): void {
  for (const { address } of addresses) {
    const verdict = judgeAddress(address);
    if (verdict === undefined || (verdict.kind === "private" && policy.allowPrivate)) continue;
    const where = address === host ? host : `${host} (${address})`;
    throw new AppError("permission_denied", `cannot connect to ${where}: it is ${verdict.reason}`);
  }
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

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
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
