import { type Fail, type StructOf, struct } from "./codec.ts";
import { flag, secret, text, word } from "./values.ts";

const tlsVersion = word(["TLS10", "TLS11", "TLS12", "TLS13"], (got) => `unknown TLS version: ${got}`);

const fields = {
  ca: text(),
  cert: text(),
  key: secret,
  caFile: text(),
  certFile: text(),
  keyFile: text(),
  caRef: text(),
  certRef: text(),
  keyRef: text(),
  serverName: text(),
  insecureSkipVerify: flag(false),
  minVersion: tlsVersion,
  maxVersion: tlsVersion,
};

export type TlsConfig = StructOf<typeof fields>;

/** How connections are encrypted (common/config, TLSConfig): certificates as they are, in files, or by name in a store of secrets. */
export const tlsConfig = struct("tls_config", fields, { finish: check });

function check(config: TlsConfig, fail: Fail): TlsConfig {
  if (howMany(config.ca, config.caFile, config.caRef) > 1) {
    fail("at most one of ca, ca_file & ca_ref must be configured");
  }
  const certificates = howMany(config.cert, config.certFile, config.certRef);
  const keys = howMany(config.key, config.keyFile, config.keyRef);
  if (certificates > 1) fail("at most one of cert, cert_file & cert_ref must be configured");
  if (keys > 1) fail("at most one of key and key_file must be configured");
  if (certificates > 0 && keys === 0) {
    fail("exactly one of key or key_file must be configured when a client certificate is configured");
  }
  if (keys > 0 && certificates === 0) {
    fail("exactly one of cert or cert_file must be configured when a client key is configured");
  }
  return config;
}

/** How many of the values are there. */
export function howMany(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined && value !== "" && value !== false).length;
}
