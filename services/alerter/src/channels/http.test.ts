import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { createIntegration } from "./integrations.ts";
import { sampleTelling, testRim } from "./testing/sample.ts";

/** A key and a certificate of `localhost`, signed by itself. */
async function makeCertificate(): Promise<{ readonly key: string; readonly cert: string }> {
  const dir = await mkdtemp(join(tmpdir(), "channels-"));
  try {
    const [certFile, keyFile] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    await promisify(execFile)("openssl", [...made, ...subject, "-keyout", keyFile, "-out", certFile]);
    return { key: await readFile(keyFile, "utf8"), cert: await readFile(certFile, "utf8") };
  } finally {
    await rm(dir, { recursive: true });
  }
}

test("whom a receiver's TLS may be from, and who we are, is set", async () => {
  const certificate = await makeCertificate();
  // The only client that is served is one with the server's own certificate.
  const server = createServer({ ...certificate, ca: certificate.cert, requestCert: true }, (_request, response) =>
    response.end("ok"),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const tell = async (tls: object) => {
    const settings = { url: `https://127.0.0.1:${port}/`, http: { tls } };
    return createIntegration("webhook", settings, testRim()).send(sampleTelling());
  };
  try {
    const client = { cert: certificate.cert, key: certificate.key };
    const known = { ca: certificate.cert, serverName: "localhost" };
    assert.equal((await tell({ ...known, ...client })).delivered, true);
    assert.equal((await tell({ insecureSkipVerify: true, ...client })).delivered, true);
    const untrusted = await tell(client);
    assert.equal(untrusted.delivered, false);
    assert.match(untrusted.outcome, /certificate/);
    const other = await tell({ ...known, ...client, serverName: "example.org" });
    assert.match(other.outcome, /does not match/);
    assert.equal((await tell(known)).delivered, false, "who shows no certificate");
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});
