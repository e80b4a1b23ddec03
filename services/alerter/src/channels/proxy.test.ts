// Receivers by way of a proxy, from alertmanager.yml to what a real proxy on loopback is asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hideSecrets } from "@sightline/alertmanager/config/hidden-secrets";
import { startProxy } from "@sightline/service/testing/proxy";
import { createDrafts } from "../alertmanager/drafts.ts";
import { activate, configurationInForce } from "../dispatch/activate.ts";
import type { Integration, Rim } from "./integration.ts";
import { createIntegration } from "./integrations.ts";
import { proxyIn } from "./proxy-in.ts";
import { json, startLoopback, text } from "./testing/loopback.ts";
import { sampleTelling, testRim } from "./testing/sample.ts";

const withProxy = (url: string, proxy: string, http = "") => `
route: { receiver: ops }
receivers:
- name: ops
  webhook_configs: [{ url: '${url}', http_config: { proxy_url: '${proxy}', ${http} } }]
`;

const resolve = async () => {
  throw new Error("getaddrinfo ENOTFOUND");
};
const allowing = (...allowedProxies: string[]): Rim =>
  testRim({ policy: { allowPrivate: false, allowedProxies, resolve } });

function hookOf(source: string, rim: Rim): Integration {
  const found = activate({ source, templates: {}, version: 0 }, rim).integrationOf({
    ...{ receiver: "ops", integration: "webhook", index: 0 },
  });
  assert.ok(found !== undefined);
  return found;
}

test("a receiver is told by way of the proxy that its configuration names", async () => {
  await using receiver = await startLoopback(text(200));
  await using proxy = await startProxy({ leadsTo: Number(new URL(receiver.url).port) });
  const named = proxy.origin.replace("://", "://me:p%40ss@");
  const told = await hookOf(withProxy("http://hook.example/x", named), allowing(proxy.origin)).send(sampleTelling());
  assert.equal(told.delivered, true, told.outcome);
  assert.deepEqual(
    proxy.asked.map(({ target, headers }) => [target, headers["proxy-authorization"]]),
    [["http://hook.example/x", `Basic ${Buffer.from("me:p@ss").toString("base64")}`]],
  );
  assert.equal(receiver.received[0]?.headers.host, "hook.example");
});

test("CONNECT has the headers that are set for it, and what the proxy says against it is told without secrets", async () => {
  await using proxy = await startProxy({ answer: "HTTP/1.1 407 No\r\n\r\n" });
  const named = proxy.origin.replace("://", "://me:s3cret@");
  const http = "proxy_connect_header: { X-Team: [ops, a1b2c3] }";
  const told = await hookOf(withProxy("https://hook.example/x", named, http), allowing(proxy.origin)).send(
    sampleTelling(),
  );
  assert.deepEqual([told.delivered, told.retryable, told.failure], [false, false, "unauthenticated"]);
  assert.match(told.outcome, new RegExp(`by way of the proxy ${proxy.origin}: it answered 407`));
  assert.equal(proxy.asked[0]?.headers["x-team"], "ops, a1b2c3");
});

test("what a receiver echoes of the credentials of a proxy is hidden", async () => {
  const credentials = Buffer.from("me:s3cret").toString("base64");
  await using receiver = await startLoopback(text(400, `got s3cret and ${credentials}`));
  await using proxy = await startProxy({ leadsTo: Number(new URL(receiver.url).port) });
  const named = proxy.origin.replace("://", "://me:s3cret@");
  const told = await hookOf(withProxy("http://hook.example/x", named), allowing(proxy.origin)).send(sampleTelling());
  assert.match(told.outcome, /got \*\*\* and \*\*\*/);
});

test("tokens are asked for by way of the proxy of oauth2, and of that alone", async () => {
  await using tokens = await startLoopback(json(200, { access_token: "t1" }));
  await using proxy = await startProxy({ leadsTo: Number(new URL(tokens.url).port) });
  const oauth2 = { clientId: "a", tokenUrl: "http://tokens.example/", proxy: { origin: proxy.origin } };
  const channel = createIntegration("webhook", { url: "http://10.0.0.7/x", http: { oauth2 } }, allowing(proxy.origin));
  const told = await channel.send(sampleTelling());
  assert.deepEqual(
    proxy.asked.map(({ target }) => target),
    ["http://tokens.example/"],
  );
  assert.equal(told.failure, "permission_denied");
  assert.match(told.outcome, /10\.0\.0\.7: it is a private/);
});

test("a proxy that is not allowed is refused where it is put; of one that was, only its receiver fails", async () => {
  const source = withProxy("http://hook.example/x", "http://me:s3cret@proxy.example:3128");
  const rim = allowing("http://proxy.example");
  assert.throws(() => activate({ source, templates: {}, version: 0 }, rim), {
    code: "invalid_argument",
    message:
      'receiver "ops", webhook[0]: cannot use the proxy http://proxy.example:3128: it is none of allowedProxies, which is set by whoever runs this service',
  });
  const kept = { source, templates: {}, files: {}, version: 1, author: "ann", createdAt: new Date(0) };
  const configuration = await configurationInForce("acme", { configurations: { find: async () => kept }, rim });
  const told = await configuration
    .integrationOf({ receiver: "ops", integration: "webhook", index: 0 })
    ?.send(sampleTelling());
  assert.deepEqual([told?.delivered, told?.retryable, told?.failure], [false, false, "permission_denied"]);
  assert.match(told?.outcome ?? "", /proxy\.example:3128: it is none of allowedProxies/);
});

test("its password is kept for that proxy alone", async () => {
  const rim = allowing("http://proxy.example", "http://evil.example");
  const source = withProxy("http://hook.example/x", "http://me:s3cret@proxy.example");
  const kept = { source, templates: {}, files: {}, version: 1, author: "ann", createdAt: new Date(0) };
  const drafts = createDrafts({
    configurations: { find: async () => kept },
    activate: (draft) => activate({ ...draft, version: 0 }, rim),
  });
  const shown = hideSecrets(source);
  assert.match(shown, /http:\/\/me:xxxxx@proxy\.example/);
  const draft = { source: shown, templates: {}, files: {} };
  assert.equal((await drafts.ready("acme", draft)).source, source);
  const f = (from: string, to: string, why: RegExp) =>
    assert.rejects(drafts.ready("acme", { ...draft, source: shown.replace(from, to) }), why);
  await f("@proxy.example", "@evil.example", /"http:\/\/me:xxxxx@evil\.example", want the password itself/);
  await f("<secret>", "http://evil.example/", /webhook\[0\] leads elsewhere than before/);
});

test("headers that would make another request of CONNECT are refused", () => {
  for (const name of ["Host", "Content-Length", "transfer-encoding"]) {
    const source = withProxy("http://hook.example/x", "http://proxy", `proxy_connect_header: { ${name}: [x] }`);
    assert.throws(() => hookOf(source, allowing("http://proxy")), /http\.proxy\.connectHeaders/);
  }
});

test("a proxy is written as it is elsewhere", () => {
  const f = (written: string, want: object) => assert.deepEqual(proxyIn(written, "proxy_url"), want);
  f("foo", { origin: "http://foo", username: "" });
  f("foo:3128", { origin: "http://foo:3128", username: "" });
  f("HTTP://Proxy:80/x", { origin: "http://proxy", username: "" });
  f("https://me:a%3Ab@proxy", { origin: "https://proxy", username: "me", password: "a:b" });
  assert.throws(() => proxyIn("http://", "proxy_url"), /cannot use proxy_url: got no URL/);
  assert.throws(() => proxyIn("http://a:%zz@b", "proxy_url"), /got a % that is not before two hexadecimal digits/);
});
