import { textsSentAlong, withFileTexts } from "@sightline/alertmanager/config/file-texts";
import type { Integration as ConfiguredIntegration } from "@sightline/alertmanager/config/receiver";
import { invalid } from "@sightline/errors/app-error";
import { proxyIn } from "./proxy-in.ts";

/** Settings that `createIntegration` takes. */
export interface ChannelSettings {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * An integration of Alertmanager's configuration, with all that holds for all filled in, as settings of a channel.
 *
 * @param files the texts of the files that it names, by their paths: none is read here
 * @throws AppError invalid_argument where it asks for what is not done here: stores of secrets, tokens for assertions, proxies of the environment
 */
export function fromAlertmanager({ kind, config }: ConfiguredIntegration, files: FileTexts = {}): ChannelSettings {
  const { httpConfig, tlsConfig, timeoutMs, ...rest } = resolved(withTexts(config, kind, files), kind);
  const own = {
    ...plainRecord(rest),
    // 0 is without an end, which nothing here is.
    ...(typeof timeoutMs === "number" && timeoutMs > 0 && { timeoutMs }),
    ...(isRecord(httpConfig) && { http: httpOf(httpConfig, kind) }),
    ...(isRecord(tlsConfig) && { tls: tlsOf(tlsConfig, kind) }),
  };
  return { kind, settings: kind === "slack" ? slackOf(own) : own };
}

/** Path to text. */
export type FileTexts = Readonly<Record<string, string>>;

type PlainRecord = Readonly<Record<string, unknown>>;

function withTexts(config: object, kind: string, files: FileTexts): PlainRecord {
  const textOf = textsSentAlong(files);
  return withFileTexts(config, (path, setting) => textOf(path, `${setting} of ${kind}_configs`));
}

/** What is set. There is no store of secrets to which a name could refer. */
function resolved(config: object, kind: string): PlainRecord {
  const set = Object.entries(config).filter(([key, value]) => {
    if (value === undefined || value === null) return false;
    if (!key.endsWith("Ref")) return true;
    if (value !== "") throw unsupported(kind, key, "the value itself, or a file: there is no store of secrets");
    return false;
  });
  return Object.fromEntries(set);
}

/** Secrets as texts; what channels are made of hides them again. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("reveal" in value && typeof value.reveal === "function") return String(value.reveal());
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(plain);
  return plainRecord(value);
}

function plainRecord(value: object): PlainRecord {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function httpOf(config: PlainRecord, kind: string): PlainRecord {
  const { basicAuth, authorization, oauth2, tlsConfig, httpHeaders } = config;
  return {
    ...proxyOf(config, kind),
    ...(isRecord(basicAuth) && { basicAuth: plain(resolved(basicAuth, kind)) }),
    ...(isRecord(authorization) && { authorization: plain(resolved(authorization, kind)) }),
    ...(isRecord(oauth2) && { oauth2: oauth2Of(oauth2, kind) }),
    ...(isRecord(tlsConfig) && { tls: tlsOf(tlsConfig, kind) }),
    ...(isRecord(httpHeaders) && { headers: headersOf(httpHeaders) }),
  };
}

/** Whether it may be used is asked where a configuration is put, and again whenever it is used. */
function proxyOf(config: PlainRecord, kind: string): PlainRecord {
  if (config["proxyFromEnvironment"] === true) {
    throw unsupported(
      kind,
      "proxyFromEnvironment",
      "proxy_url: of the environment of this service nobody else can say where it leads",
    );
  }
  const { proxyUrl, noProxy, proxyConnectHeader } = plainRecord(config);
  const connectHeaders = isRecord(proxyConnectHeader) ? proxyConnectHeader : {};
  if (typeof proxyUrl !== "string" || proxyUrl === "") return {};
  const proxy = proxyIn(proxyUrl, `proxy_url of ${kind}_configs`);
  const headers = Object.entries(connectHeaders).map(([name, values]) => [name, [values].flat().join(", ")]);
  return { proxy: { ...proxy, noProxy, connectHeaders: Object.fromEntries(headers) } };
}

function oauth2Of(config: PlainRecord, kind: string): PlainRecord {
  const { clientId, clientSecret, tokenUrl, scopes, endpointParams, grantType, tlsConfig } = resolved(config, kind);
  // Any other word is this one too, as it is upstream.
  if (grantType === JWT_BEARER) throw unsupported(kind, "grantType", "client_credentials");
  return {
    ...proxyOf(config, kind),
    ...plainRecord({ clientId, tokenUrl, scopes, endpointParams }),
    ...(clientSecret !== undefined && { clientSecret: plain(clientSecret) }),
    ...(isRecord(tlsConfig) && { tls: tlsOf(tlsConfig, kind) }),
  };
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** Versions of TLS are left to Node, whose least is 1.2. */
function tlsOf(config: PlainRecord, kind: string): PlainRecord {
  const { minVersion: _min, maxVersion: _max, ...tls } = resolved(config, kind);
  return Object.fromEntries(Object.entries(plainRecord(tls)).filter(([, value]) => value !== ""));
}

/** Several values of a header say the same as one with commas. */
function headersOf(headers: PlainRecord): PlainRecord {
  const values = Object.entries(headers).map(([name, header]) => {
    const { values = [], secrets = [] } = isRecord(header) ? header : {};
    return [name, [plain(values), plain(secrets)].flat().join(", ")];
  });
  return Object.fromEntries(values);
}

/** With an app's token the API's URL and the header follow from it. */
function slackOf(settings: PlainRecord): PlainRecord {
  if (settings["appToken"] === undefined) return settings;
  const { apiUrl: _url, http, ...rest } = settings;
  const { authorization: _header, ...left } = isRecord(http) ? http : {};
  return { ...rest, http: left };
}

function unsupported(kind: string, key: string, want: string) {
  const written = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return invalid(`cannot use ${written} of ${kind}_configs: got one, want ${want}`);
}

function isRecord(value: unknown): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
