// Fetching by way of a real proxy on loopback: what it is asked for, whom it may lead to, and what becomes of what it answers.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { after, before, describe, it } from "node:test";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { type FetchOptions, guardedFetch, type OutboundPolicy } from "./outbound.ts";
import { goesByProxy, type HttpProxy } from "./outbound-proxy.ts";
import { makeCertificate } from "./testing/certificate.ts";
import { startProxy } from "./testing/proxy.ts";

type Certificate = Awaited<ReturnType<typeof makeCertificate>>;

/** Nobody here knows any name. */
const unknown = async () => {
  throw new Error("getaddrinfo ENOTFOUND");
};

async function serve(listener: RequestListener, certificate?: Certificate) {
  const server = certificate === undefined ? createServer(listener) : createSecureServer(certificate, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Way extends Partial<FetchOptions> {
  readonly more?: Partial<HttpProxy>;
  readonly rules?: Partial<OutboundPolicy>;
}

function get(url: string, origin: string, { more, rules, ...options }: Way = {}) {
  const policy = { allowPrivate: false, allowedProxies: [origin], resolve: unknown, ...rules };
  return guardedFetch(url, { policy, proxy: { origin, ...more }, timeoutMs: 2000, maxBodyBytes: 1000, ...options });
}

async function fails(work: Promise<unknown>, want: readonly [ErrorCode, boolean], says: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof AppError, String(error));
    assert.deepEqual([error.code, error.retryable], want, error.message);
    assert.match(error.message, says);
    return true;
  });
}

describe("fetching by way of a proxy", () => {
  let hook: Certificate;
  before(async () => {
    hook = await makeCertificate("hook.example");
  });

  it("has it connect for https, and speaks TLS with the target alone", async () => {
    await using target = await serve((request, response) => {
      response.writeHead(201).end(`${request.method} ${request.url} ${request.headers.host} ${request.headers["x-a"]}`);
    }, hook);
    await using proxy = await startProxy({ leadsTo: target.port });
    const more = { authorization: "Basic bWU6cHc=", connectHeaders: { "x-team": "ops" } };
    const sent = { more, tls: { ca: hook.cert }, method: "POST", headers: { "x-a": "hush" }, body: "b" } as const;
    const answer = await get("https://hook.example/path?q=1", proxy.origin, sent);
    assert.deepEqual([answer.status, answer.body.toString()], [201, "POST /path?q=1 hook.example hush"]);
    const [asked] = proxy.asked;
    assert.deepEqual(
      [asked?.method, asked?.target, asked?.headers.host],
      ["CONNECT", "hook.example:443", "hook.example:443"],
    );
    assert.deepEqual([asked?.headers["proxy-authorization"], asked?.headers["x-team"]], ["Basic bWU6cHc=", "ops"]);
    assert.equal(asked?.headers["x-a"], undefined);
    await proxy.untilClosed();
  });

  it("asks it for the whole URL of http, with its credentials and not those of CONNECT", async () => {
    await using target = await serve((request, response) => response.end(`${request.url} ${request.headers.host}`));
    await using proxy = await startProxy({ leadsTo: target.port });
    const more = { authorization: "Basic bWU6cHc=", connectHeaders: { "x-team": "ops" } };
    const answer = await get("http://hook.example:81/path?q=1", proxy.origin, { more });
    assert.equal(answer.body.toString(), "/path?q=1 hook.example:81");
    const [asked] = proxy.asked;
    assert.deepEqual([asked?.method, asked?.target], ["GET", "http://hook.example:81/path?q=1"]);
    assert.deepEqual([asked?.headers["proxy-authorization"], asked?.headers["x-team"]], ["Basic bWU6cHc=", undefined]);
  });

  it("speaks TLS with a proxy of https, and TLS with the target inside of that", async () => {
    const own = await makeCertificate("localhost");
    await using target = await serve((_request, response) => response.end("hello"), hook);
    await using plain = await serve((_request, response) => response.end("in clear"));
    await using proxy = await startProxy({ leadsTo: target.port, certificate: own });
    const tls = { ca: [hook.cert, own.cert] };
    assert.equal((await get("https://hook.example/", proxy.origin, { tls })).body.toString(), "hello");
    await fails(
      get("https://hook.example/", proxy.origin, { tls: { ca: hook.cert } }),
      ["unavailable", true],
      /certificate/,
    );
    await using other = await startProxy({ leadsTo: plain.port, certificate: own });
    assert.equal((await get("http://hook.example/", other.origin, { tls })).body.toString(), "in clear");
    await proxy.untilClosed();
  });

  it("trusts nobody in the tunnel who is not the target", async () => {
    await using target = await serve((_request, response) => response.end("mine now"), hook);
    await using proxy = await startProxy({ leadsTo: target.port });
    await fails(
      get("https://other.example/", proxy.origin, { tls: { ca: hook.cert } }),
      ["unavailable", true],
      /does not match/,
    );
    await fails(get("https://hook.example/", proxy.origin), ["unavailable", true], /certificate/);
    await proxy.untilClosed();
  });

  it("uses no proxy that is not allowed", async () => {
    await using proxy = await startProxy();
    const says = /^cannot use the proxy http:\/\/127\.0\.0\.1:\d+: it is none of allowedProxies/;
    for (const allowedProxies of [undefined, [], ["http://127.0.0.1:1", proxy.origin.replace("http", "https")]]) {
      const policy: OutboundPolicy = {
        allowPrivate: true,
        resolve: unknown,
        ...(allowedProxies && { allowedProxies }),
      };
      await fails(get("http://hook.example/", proxy.origin, { policy }), ["permission_denied", false], says);
    }
    assert.deepEqual(proxy.asked, []);
  });

  it("asks it for nothing that is known to lead inside", async () => {
    await using proxy = await startProxy();
    const to = (...addresses: string[]) => ({
      resolve: async () => addresses.map((address) => ({ address, family: 4 })),
    });
    const denied = ["permission_denied", false] as const;
    for (const url of ["http://127.0.0.1:1/", "https://[::1]/", "https://10.0.0.7/", "http://169.254.169.254/latest"]) {
      await fails(get(url, proxy.origin), denied, /it is /);
    }
    const rules = to("93.184.216.34", "10.0.0.7");
    await fails(
      get("https://a.example/", proxy.origin, { rules }),
      denied,
      /a\.example \(10\.0\.0\.7\): it is a private/,
    );
    assert.deepEqual(proxy.asked, []);
  });

  it("leaves a name to it that nobody here finds in time", async () => {
    await using target = await serve((_request, response) => response.end("hello"));
    await using proxy = await startProxy({ leadsTo: target.port });
    for (const resolve of [unknown, async () => [], () => new Promise<never>(() => undefined)]) {
      const answer = await get("http://hook.example/", proxy.origin, { rules: { resolve }, timeoutMs: 5000 });
      assert.equal(answer.body.toString(), "hello");
    }
  });

  const answers: [status: number, code: ErrorCode, isRetryable: boolean][] = [
    [302, "permission_denied", false],
    [403, "permission_denied", false],
    [405, "permission_denied", false],
    [407, "unauthenticated", false],
    [408, "unavailable", true],
    [429, "unavailable", true],
    [502, "unavailable", true],
    [503, "unavailable", true],
  ];
  for (const [status, code, isRetryable] of answers) {
    it(`says that it answered ${status}: ${code}`, async () => {
      await using proxy = await startProxy({ answer: `HTTP/1.1 ${status} No\r\ncontent-length: 5\r\n\r\nno me` });
      const says = new RegExp(`^cannot connect by way of the proxy ${proxy.origin}: it answered .*${status}`);
      await fails(get("https://hook.example/", proxy.origin), [code, isRetryable], says);
      await proxy.untilClosed();
    });
  }

  it("says that it wants credentials, also for http", async () => {
    await using proxy = await startProxy({ listener: (_request, response) => response.writeHead(407).end() });
    await fails(get("http://hook.example/", proxy.origin), ["unauthenticated", false], /it answered 407/);
  });

  it("says that it is not there, or says nothing", async () => {
    const gone = "http://127.0.0.1:1";
    const says =
      /^cannot fetch https:\/\/hook\.example\/ by way of the proxy http:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/;
    await fails(get("https://hook.example/", gone), ["unavailable", true], says);
    await using closing = await startProxy({ answer: "" });
    await fails(get("https://hook.example/", closing.origin), ["unavailable", true], /by way of the proxy .*hang up/);
  });

  it("reads no head of an answer without an end", async () => {
    await using proxy = await startProxy({ answer: `HTTP/1.1 200 OK\r\nx: ${"x".repeat(20_000)}\r\n\r\n` });
    await fails(get("https://hook.example/", proxy.origin), ["unavailable", true], /overflow/i);
    await proxy.untilClosed();
  });

  describe("that does not answer", () => {
    const silent = createTcpServer((socket) => socket.on("error", () => socket.destroy()).resume());
    let origin = "";
    before(async () => {
      silent.listen(0, "127.0.0.1");
      await once(silent, "listening");
      const address = silent.address();
      origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    });
    after(async () => {
      silent.close();
      await once(silent, "close");
    });

    for (const url of ["https://hook.example/", "http://hook.example/"]) {
      it(`gives up in time on ${url}`, () =>
        fails(get(url, origin, { timeoutMs: 50 }), ["deadline_exceeded", true], /no answer within 50 ms/));
    }

    it("gives up when told to", async () => {
      const controller = new AbortController();
      const connected = once(silent, "connection");
      const work = fails(
        get("https://hook.example/", origin, { signal: controller.signal }),
        ["cancelled", false],
        /stopping/,
      );
      await connected;
      controller.abort();
      await work;
    });
  });

  it("gives up in time on a target that does not answer in the tunnel", async () => {
    await using target = await serve(() => undefined, hook);
    await using proxy = await startProxy({ leadsTo: target.port });
    const short = { tls: { ca: hook.cert }, timeoutMs: 300 };
    await fails(get("https://hook.example/", proxy.origin, short), ["deadline_exceeded", true], /within 300 ms/);
    await proxy.untilClosed();
  });

  it("connects without it where that is said, under the same rules", async () => {
    await using target = await serve((_request, response) => response.end("by itself"));
    await using proxy = await startProxy();
    const url = `http://127.0.0.1:${target.port}/`;
    const more = { noProxy: "127.0.0.0/8" };
    assert.equal((await get(url, proxy.origin, { more, rules: { allowPrivate: true } })).body.toString(), "by itself");
    await fails(get(url, proxy.origin, { more }), ["permission_denied", false], /loopback/);
    assert.deepEqual(proxy.asked, []);
  });
});

describe("no_proxy", () => {
  // As golang.org/x/net/http/httpproxy reads it.
  const table: [noProxy: string, host: string, port: number, byProxy: boolean][] = [
    ["", "localhost", 80, true],
    ["other", "localhost", 80, false],
    ["other", "127.0.0.1", 80, false],
    ["other", "::1", 80, false],
    ["*", "a.example", 80, false],
    ["a.example", "a.example", 80, false],
    ["A.Example", "x.a.example", 80, false],
    ["a.example", "xa.example", 80, true],
    [".a.example", "a.example", 80, true],
    [".a.example", "x.a.example", 80, false],
    ["*.a.example", "x.a.example", 80, false],
    ["*.a.example", "a.example", 80, true],
    ["a.example:81", "a.example", 80, true],
    ["x, a.example:80 ,", "a.example", 80, false],
    ["10.0.0.0/8", "10.1.2.3", 80, false],
    ["10.0.0.0/8", "11.1.2.3", 80, true],
    ["10.0.0.0/8", "a.example", 80, true],
    ["10.0.0.0/33", "10.1.2.3", 80, true],
    ["10.0.0.1", "10.0.0.1", 80, false],
    ["10.0.0.1:81", "10.0.0.1", 80, true],
    ["fd00::/8", "fd00::7", 80, false],
    ["fd00::7", "fd00::7", 80, false],
    ["[fd00::7]:80", "fd00::7", 80, false],
    ["[fd00::7]:80", "fd00::7", 81, true],
    [",:80,", "a.example", 80, true],
  ];
  for (const [noProxy, host, port, want] of table) {
    it(`${JSON.stringify(noProxy)}: ${host}:${port} ${want ? "by way of the proxy" : "by itself"}`, () =>
      assert.equal(goesByProxy(host, port, { origin: "http://p", noProxy }), want));
  }
});
