import { type Fail, mapOf, optional, quiet, type StructOf, struct } from "../codec.ts";
import { hostPort } from "../host-port.ts";
import { canonicalHeader } from "../http-config.ts";
import { tlsConfig } from "../tls-config.ts";
import { flag, quietFlag, secret, text } from "../values.ts";

const threading = quiet(struct("threading", { enabled: quietFlag, threadByDate: text() }));

const fields = {
  sendResolved: flag(false),
  to: text(),
  from: text(),
  hello: text(),
  smarthost: hostPort,
  authUsername: text(),
  authPassword: secret,
  authPasswordFile: text(),
  authSecret: secret,
  authSecretFile: text(),
  authIdentity: text(),
  headers: mapOf(text()),
  html: text('{{ template "email.default.html" . }}'),
  text: text(),
  requireTls: optional(flag(false)),
  tlsConfig: optional(tlsConfig),
  /** Undefined is by the port: 465 is encrypted from the start. */
  forceImplicitTls: optional(flag(false)),
  threading,
};

export type EmailConfig = StructOf<typeof fields>;

/** E-mail (config/notifiers.go, EmailConfig). What is missing is the same as in `global`. */
export const emailConfig = struct("email_configs", fields, { finish });

function finish(config: EmailConfig, fail: Fail): EmailConfig {
  if (config.to === "") fail("missing to address in email config");
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(config.headers)) {
    const canonical = canonicalHeader(name);
    if (headers.has(canonical)) fail(`duplicate header "${canonical}" in email config`, "headers");
    headers.set(canonical, value);
  }
  if (config.threading.enabled) {
    for (const name of ["References", "In-Reply-To"]) {
      if (!headers.has(name)) continue;
      fail(`conflicting configuration: threading.enabled conflicts with custom ${name} header`, "headers");
    }
    if (!["none", "daily"].includes(config.threading.threadByDate)) {
      fail("threading.thread_by_date must be either 'none' or 'daily'", "threading");
    }
  }
  return { ...config, headers: Object.fromEntries(headers) };
}
