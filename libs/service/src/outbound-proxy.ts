import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP, type Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { AppError } from "@sightline/errors/app-error";

/** What a proxy may answer CONNECT with, in bytes; Node's own bound, whatever that is set to. */
const MAX_HEAD_BYTES = 16 * 1024;

/** A proxy of HTTP that a user chose, by way of which something is fetched. */
export interface HttpProxy {
  /** As `URL.origin` has it: without a user, a password and a path. */
  readonly origin: string;
  /** Its Proxy-Authorization, if it wants one. */
  readonly authorization?: string;
  /** What else CONNECT is sent with. */
  readonly connectHeaders?: Readonly<Record<string, string>>;
  /** What is fetched without it, as Go's httpproxy reads NO_PROXY. */
  readonly noProxy?: string;
}

/**
 * Throws permission_denied where the operator does not say that this proxy may be used: where it leads, only it knows.
 *
 * @param allowed origins
 */
export function wantAllowedProxy(origin: string, allowed: readonly string[] = []): void {
  if (allowed.includes(origin)) return;
  const message = `cannot use the proxy ${origin}: it is none of allowedProxies, which is set by whoever runs this service`;
  throw new AppError("permission_denied", message);
}

/** Whether a host is fetched from by way of the proxy, or by itself. */
export function goesByProxy(host: string, port: number, { noProxy = "" }: HttpProxy): boolean {
  if (noProxy.trim() === "") return true;
  if (host === "localhost" || LOOPBACK.check(host, familyOf(host))) return false;
  return !noProxy.split(",").some((entry) => covers(entry.trim().toLowerCase(), host.toLowerCase(), port));
}

/** One of `*`, an address, a network, a domain with what is below it, or (`.domain`, `*.domain`) only that; but for networks with a port. */
function covers(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(entry, host);
  const [, bracketed, plain, wantedPort] =
    /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  const name = bracketed ?? plain ?? "";
  if (name === "" || (wantedPort !== undefined && Number(wantedPort) !== port)) return false;
  if (isIP(name) !== 0) return isInNetwork(`${name}/${isIP(name) === 4 ? 32 : 128}`, host);
  const domain = name.replace(/^\*(?=\.)/, "");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isInNetwork(entry: string, host: string): boolean {
  const [, network = "", prefix] = /^(.*)\/(\d{1,3})$/.exec(entry) ?? [];
  const bits = Number(prefix);
  if (isIP(host) === 0 || isIP(network) === 0 || bits > (isIP(network) === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, familyOf(network));
  return list.check(host, familyOf(host));
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/** How a request to the proxy itself is made. It is called by its own name, whatever the target is to be called and Host says. */
export function toProxy({ origin, authorization }: HttpProxy, tls: ConnectionOptions = {}) {
  const { protocol, hostname } = new URL(origin);
  const headers = authorization === undefined ? {} : { "proxy-authorization": authorization };
  return {
    send: protocol === "https:" ? httpsRequest : httpRequest,
    tls: { ...tls, servername: isIP(hostname.replace(/^\[|\]$/g, "")) === 0 ? hostname : "" },
    headers,
  };
}

export interface TunnelOptions {
  /** Whom to trust, where the proxy is spoken to over TLS. */
  readonly tls: ConnectionOptions | undefined;
  readonly signal: AbortSignal;
}

/**
 * Has the proxy connect to `authority` (host:port). The socket ends when the signal aborts. Throws an AppError for what the proxy refuses, what
 * the network throws otherwise.
 */
export async function openTunnel(proxy: HttpProxy, authority: string, options: TunnelOptions): Promise<Socket> {
  const { signal } = options;
  const { send, tls, headers } = toProxy(proxy, options.tls);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const request = send(proxy.origin, {
    ...tls,
    method: "CONNECT",
    path: authority,
    headers: { "user-agent": "sightline", ...proxy.connectHeaders, ...headers, host: authority },
    agent: false,
    signal,
    maxHeaderSize: MAX_HEAD_BYTES,
  });
  // The error listeners stay: what fails after the answer would otherwise end the process.
  request.on("error", reject);
  request.once("connect", (answer, socket, head) => {
    socket.on("error", reject);
    // The request is over for Node, and its signal with it.
    const end = () => void socket.destroy();
    signal.addEventListener("abort", end, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", end));
    const refusal = refusalOf(proxy, answer);
    if (refusal !== undefined || signal.aborted) {
      end();
      reject(refusal ?? signal.reason);
      return;
    }
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  request.end();
  return promise;
}

/**
 * Why a proxy does not do what it is asked to; undefined when it does.
 *
 * | answer | what it is | retryable |
 * | --- | --- | --- |
 * | 407 | unauthenticated | no |
 * | 408, 429, 5xx | unavailable | yes |
 * | all others but 2xx | permission_denied | no |
 */
function refusalOf(proxy: HttpProxy, { statusCode = 0 }: IncomingMessage): AppError | undefined {
  if (statusCode >= 200 && statusCode < 300) return undefined;
  if (statusCode === 407) return wantsCredentials(proxy);
  const message = `cannot connect by way of the proxy ${proxy.origin}: it answered CONNECT with ${statusCode}`;
  const isLater = statusCode === 408 || statusCode === 429 || statusCode >= 500;
  return new AppError(isLater ? "unavailable" : "permission_denied", message);
}

/** What a 407 is, which only a proxy answers. */
export function wantsCredentials({ origin }: HttpProxy): AppError {
  const message = `cannot connect by way of the proxy ${origin}: it answered 407, want the user and the password that it takes`;
  return new AppError("unauthenticated", message);
}
