import { invalid } from "@sightline/errors/app-error";
import { parseUrl } from "@sightline/service/outbound";
import { createSecret, type Secret } from "@sightline/service/secret";
import { z } from "zod";

const maxTemplateChars = 64 * 1024;
/** What an integration may get to answer at most. */
export const maxTimeoutMs = 120_000;

/** A text that may hold Go template actions. */
export const template = z.string().max(maxTemplateChars);

/** A text that must not be seen. */
export const secretText = z.string().min(1, { abort: true }).max(4096, { abort: true }).transform(createSecret);

/** A URL that anybody may see. */
export const plainUrl = z
  .string()
  .max(2048, { abort: true })
  .refine(isUrl, { abort: true, message: "expected a URL with http: or https:" });

/** A URL that is a secret as a whole, since who knows it may use it. */
export const secretUrl = plainUrl.transform(createSecret);

/** A header's or a token's worth of printable ASCII. */
export const headerValue = z
  .string()
  .max(4096)
  .regex(/^[\x20-\x7e]*$/, "expected printable ASCII");

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "expected the name of a header");

/** TLS of one's own, PEM (Alertmanager's tls_config). */
export const tlsSettings = z.strictObject({
  ca: z.string().max(maxTemplateChars).optional(),
  cert: z.string().max(maxTemplateChars).optional(),
  key: secretText.optional(),
  serverName: z.string().max(253).optional(),
  insecureSkipVerify: z.boolean().default(false),
});
export type TlsSettings = z.infer<typeof tlsSettings>;

/** What CONNECT has anyhow, or would be read otherwise by the proxy than by us. */
const ownConnectHeaders = "connection content-length expect host keep-alive te trailer transfer-encoding upgrade".split(
  " ",
);

/** By way of whom is connected; who that may be is checked where it is. */
export const proxySettings = z.strictObject({
  /** Its origin, where nobody's password is. */
  origin: plainUrl.refine(
    (url) => URL.parse(url)?.origin === url,
    "expected an origin, such as http://proxy.example:3128",
  ),
  username: z.string().max(1024).default(""),
  password: secretText.optional(),
  connectHeaders: z
    .record(
      headerName.refine(
        (name) => !ownConnectHeaders.includes(name.toLowerCase()),
        "expected a header that CONNECT may have",
      ),
      headerValue.transform(createSecret),
    )
    .default({}),
  noProxy: z.string().max(maxTemplateChars).default(""),
});
export type ProxySettings = z.infer<typeof proxySettings>;

/** Who we are, as a server of OAuth 2.0 knows us (RFC 6749 section 4.4): it is asked for the token that requests have. */
export const oauth2Settings = z.strictObject({
  clientId: z.string().min(1).max(1024),
  clientSecret: secretText.optional(),
  tokenUrl: plainUrl,
  scopes: z.array(z.string().max(1024)).max(100).default([]),
  endpointParams: z.record(z.string().max(1024), z.string().max(4096)).default({}),
  tls: tlsSettings.optional(),
  proxy: proxySettings.optional(),
});
export type Oauth2Settings = z.infer<typeof oauth2Settings>;

/** How HTTP is spoken (what of Alertmanager's http_config is about requests). Redirects are never followed. */
export const httpSettings = z
  .strictObject({
    basicAuth: z.strictObject({ username: z.string().max(1024), password: secretText }).optional(),
    authorization: z.strictObject({ type: headerValue.default("Bearer"), credentials: secretText }).optional(),
    oauth2: oauth2Settings.optional(),
    headers: z.record(headerName, headerValue).default({}),
    tls: tlsSettings.optional(),
    proxy: proxySettings.optional(),
  })
  .refine((http) => [http.basicAuth, http.authorization, http.oauth2].filter((one) => one !== undefined).length < 2, {
    message: "at most one of basicAuth, authorization and oauth2 may be set",
  });
export type HttpSettings = z.infer<typeof httpSettings>;

/** What every kind of channel has. */
export interface CommonSettings {
  readonly sendResolved: boolean;
  /** What one attempt may take. */
  readonly timeoutMs: number;
  /** Of those that speak HTTP. */
  readonly http?: HttpSettings;
}

/** The settings that every kind has; most want to hear of what is over. */
export function commonSettings({ sendResolved = true, timeoutMs = 10_000 } = {}) {
  return {
    sendResolved: z.boolean().default(sendResolved),
    timeoutMs: z.int().min(1).max(maxTimeoutMs).default(timeoutMs),
  };
}

/** The settings that every kind has that speaks HTTP. */
export function commonHttpSettings(defaults?: Parameters<typeof commonSettings>[0]) {
  return { ...commonSettings(defaults), http: httpSettings.prefault({}) };
}

/**
 * Settings as people write them, checked.
 *
 * @throws AppError invalid_argument, naming the kind and the key
 */
export function parseSettings<Settings>(kind: string, schema: z.ZodType<Settings>, settings: unknown): Settings {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw invalid(`cannot use the settings of ${kind}: ${where}${issue?.message ?? "malformed"}`);
}

/** Everything in the settings that must not be seen. */
export function secretsOf(settings: unknown): string[] {
  if (typeof settings !== "object" || settings === null) return [];
  if (isSecret(settings)) return [settings.reveal()];
  return Object.values(settings).flatMap(secretsOf);
}

function isSecret(value: object): value is Secret {
  return "reveal" in value && typeof value.reveal === "function";
}

function isUrl(text: string): boolean {
  try {
    parseUrl(text);
    return true;
  } catch {
    return false;
  }
}
