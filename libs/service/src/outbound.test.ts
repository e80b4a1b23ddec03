import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { describe, it } from "node:test";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { judgeAddress } from "./address-rules.ts";
import { type FetchOptions, guardedConnect, guardedFetch, type OutboundPolicy, parseHostPort } from "./outbound.ts";

const strict: OutboundPolicy = { allowPrivate: false };
const local: OutboundPolicy = { allowPrivate: true };

/** A policy whose only name server is this test. */
function resolving(policy: OutboundPolicy, ...addresses: string[]): OutboundPolicy {
  return {
    ...policy,
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
  };
}

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function get(url: string, policy: OutboundPolicy, options: Partial<FetchOptions> = {}) {
  return guardedFetch(url, { policy, timeoutMs: 2000, maxBodyBytes: 1000, ...options });
}

async function fails(work: Promise<unknown>, code: ErrorCode, says: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, says);
    return true;
  });
}

describe("judging an address", () => {
  const table: [address: string, kind: "public" | "private" | "forbidden"][] = [
    ["93.184.216.34", "public"],
    ["2606:2800:220:1:248:1893:25c8:1946", "public"],
    ["::ffff:93.184.216.34", "public"],
    ["127.0.0.1", "private"],
    ["127.8.9.10", "private"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["172.32.0.1", "public"],
    ["192.168.1.1", "private"],
    ["100.64.0.1", "private"],
    ["::1", "private"],
    ["0:0:0:0:0:0:0:1", "private"],
    ["fd12:3456::1", "private"],
    ["::ffff:127.0.0.1", "private"],
    ["::ffff:7f00:1", "private"],
    ["::127.0.0.1", "private"],
    ["64:ff9b::10.0.0.1", "private"],
    ["::ffff:0:10.0.0.1", "private"],
    ["64:ff9b:1::10.0.0.1", "private"],
    ["2002:7f00:1::", "private"],
    ["169.254.169.254", "forbidden"],
    ["169.254.1.1", "forbidden"],
    ["::ffff:169.254.169.254", "forbidden"],
    ["64:ff9b::a9fe:a9fe", "forbidden"],
    ["::ffff:0:a9fe:a9fe", "forbidden"],
    ["2002:a9fe:a9fe::1", "forbidden"],
    ["fd00:ec2::254", "forbidden"],
    ["100.100.100.200", "forbidden"],
    ["fe80::1", "forbidden"],
    ["fe80::1%eth0", "forbidden"],
    ["0.0.0.0", "forbidden"],
    ["::", "forbidden"],
    ["::ffff:0.0.0.0", "forbidden"],
    ["224.0.0.1", "forbidden"],
    ["255.255.255.255", "forbidden"],
    ["ff02::1", "forbidden"],
    ["example.com", "forbidden"],
  ];
  for (const [address, want] of table) {
    it(`${address} is ${want}`, () => assert.equal(judgeAddress(address)?.kind ?? "public", want));
  }
});

describe("a URL that leads inside", () => {
  const spellings = [
    "http://127.0.0.1:1/",
    "http://2130706433:1/",
    "http://0177.0.0.1:1/",
    "http://0x7f.1:1/",
    "http://127.1:1/",
    "http://[::1]:1/",
    "http://[::ffff:127.0.0.1]:1/",
    "http://[::ffff:7f00:1]:1/",
    "http://%31%32%37.0.0.1:1/",
    "http://１２７.0.0.1:1/",
  ];
  for (const url of spellings) {
    it(`${url} is refused`, () => fails(get(url, strict), "permission_denied", /loopback address/));
  }
  it("is refused by every address of its name", async () => {
    const policy = resolving(strict, "93.184.216.34", "10.0.0.7");
    await fails(get("http://a.example/", policy), "permission_denied", /a\.example \(10\.0\.0\.7\): it is a private/);
  });
  it("is refused by name", () => fails(get("http://localhost:1/", strict), "permission_denied", /loopback/));
  it("is refused for TCP too", async () => {
    await fails(guardedConnect("127.1:1", { policy: strict, timeoutMs: 1000 }), "permission_denied", /loopback/);
    await fails(guardedConnect("[::1]:1", { policy: strict, timeoutMs: 1000 }), "permission_denied", /loopback/);
  });
  it("reaches link-local addresses under no policy", async () => {
    await fails(get("http://169.254.169.254/latest", local), "permission_denied", /metadata/);
    await fails(get("http://a.example/", resolving(local, "169.254.0.9")), "permission_denied", /link-local/);
  });
});

describe("a malformed target", () => {
  for (const url of ["nonsense", "ftp://a.example/", "file:///etc/passwd", "http://user:pw@a.example/", "http://"]) {
    it(`${url} is refused`, () => fails(get(url, local), "invalid_argument", /^cannot use the URL/));
  }
  for (const text of ["a.example", "a.example:0", "a.example:70000", "http://a:1", "user@a:1", "a b:1", ":1"]) {
    it(`${text} is no host:port`, () => assert.throws(() => parseHostPort(text), /want host:port/));
  }
  it("host:port keeps a scheme's own port", () => {
    assert.deepEqual(parseHostPort("a.example:80"), { host: "a.example", port: 80 });
    assert.deepEqual(parseHostPort("[::1]:443"), { host: "::1", port: 443 });
  });
});

describe("fetching", () => {
  it("gives status, headers and body", async () => {
    await using server = await serve((request, response) => {
      response.writeHead(201, { "x-method": request.method }).end(`hello ${request.headers["x-who"]}`);
    });
    const answer = await get(server.url, local, { method: "POST", headers: { "x-who": "you" }, body: "b" });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers["x-method"], "POST");
    assert.equal(answer.body.toString(), "hello you");
  });

  it("asks for the name once and connects to the checked address", async () => {
    await using server = await serve((request, response) => response.end(request.headers.host));
    let asked = 0;
    // A rebinding name server: the second answer would be another one.
    const resolve = async () => {
      asked++;
      return [{ address: asked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
    };
    const answer = await get(`http://rebind.example:${server.port}/`, { allowPrivate: true, resolve });
    assert.equal(answer.body.toString(), `rebind.example:${server.port}`);
    assert.equal(asked, 1);
  });

  it("does not follow a redirect", async () => {
    let visits = 0;
    await using server = await serve((_request, response) => {
      visits++;
      response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    });
    const answer = await get(server.url, local);
    assert.equal(answer.status, 302);
    assert.equal(visits, 1);
  });

  it("stops reading an answer that is too long", async () => {
    await using server = await serve((_request, response) => response.end("x".repeat(1001)));
    await fails(get(server.url, local), "too_large", /longer than 1000 bytes/);
  });

  it("does not read an answer that nobody wants", async () => {
    await using server = await serve((_request, response) => void response.writeHead(503).write("and so on"));
    const answer = await get(server.url, local, { maxBodyBytes: 0 });
    assert.deepEqual([answer.status, answer.body.length], [503, 0]);
  });

  it("takes what comes of a body where the status is what counts", async () => {
    const partial = { partialBody: true, timeoutMs: 100 };
    await using long = await serve((_request, response) => response.end("x".repeat(100_000)));
    assert.equal((await get(long.url, local, partial)).body.length, 1000);
    await using slow = await serve((_request, response) => void response.writeHead(201).write("a"));
    const late = await get(slow.url, local, partial);
    assert.deepEqual([late.status, late.body.toString()], [201, "a"]);
    await using broken = await serve((_request, response) => {
      response.writeHead(500, { "content-length": 10 });
      response.write("abc", () => response.destroy());
    });
    assert.equal((await get(broken.url, local, partial)).status, 500);
    await using silent = await serve(() => undefined);
    await fails(get(silent.url, local, partial), "deadline_exceeded", /no answer within 100 ms/);
  });

  it("gives up in time, on the head and on the body", async () => {
    await using silent = await serve(() => undefined);
    await fails(get(silent.url, local, { timeoutMs: 50 }), "deadline_exceeded", /no answer within 50 ms/);
    await using slow = await serve((_request, response) => void response.write("a"));
    await fails(get(slow.url, local, { timeoutMs: 50 }), "deadline_exceeded", /no answer within 50 ms/);
  });

  it("gives up while a name is being looked for", async () => {
    const policy: OutboundPolicy = { allowPrivate: true, resolve: () => new Promise(() => undefined) };
    await fails(get("http://a.example/", policy, { timeoutMs: 30 }), "deadline_exceeded", /within 30 ms/);
  });

  it("gives up when told to", async () => {
    await using silent = await serve(() => undefined);
    const controller = new AbortController();
    const work = fails(get(silent.url, local, { signal: controller.signal }), "cancelled", /stopping/);
    controller.abort();
    await work;
  });

  it("says why there is no answer, and keeps the query to itself", async () => {
    await fails(
      get("http://127.0.0.1:1/a?key=secret", local),
      "unavailable",
      /^cannot fetch http:\/\/127\.0\.0\.1:1\/a: connect ECONNREFUSED/,
    );
  });
});

describe("connecting", () => {
  it("opens a socket to the first address that takes it", async () => {
    const server = createTcpServer((socket) => void socket.on("error", () => undefined).end("hi")).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const policy = resolving(local, "127.0.0.2", "127.0.0.1");
    const socket = await guardedConnect(`svc.example:${port}`, { policy, timeoutMs: 1000 });
    socket.destroy();
    server.close();
    await once(server, "close");
    await fails(guardedConnect(`127.0.0.1:${port}`, { policy: local, timeoutMs: 1000 }), "unavailable", /ECONNREFUSED/);
  });
});
