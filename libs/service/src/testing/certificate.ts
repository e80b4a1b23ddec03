import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A key and a certificate of a name, signed by itself; PEM. */
export async function makeCertificate(name: string): Promise<{ readonly key: string; readonly cert: string }> {
  const dir = await mkdtemp(join(tmpdir(), "certificate-"));
  try {
    const [certFile, keyFile] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
    await promisify(execFile)("openssl", [...made, ...subject, "-keyout", keyFile, "-out", certFile]);
    return { key: await readFile(keyFile, "utf8"), cert: await readFile(certFile, "utf8") };
  } finally {
    await rm(dir, { recursive: true });
  }
}
