import type { Integration as ConfiguredIntegration } from "@sightline/alertmanager/config/receiver";
import { invalid } from "@sightline/errors/app-error";

/** Settings that `createIntegration` takes. */
export interface ChannelSettings {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * An integration of Alertmanager's configuration, with all that holds for all filled in, as settings of a channel.
 *
 * @throws AppError invalid_argument where it asks for what is not done here: files, proxies, OAuth 2
 */
export function fromAlertmanager({ kind, config }: ConfiguredIntegration): ChannelSettings {
  const { httpConfig, tlsConfig, timeoutMs, ...rest } = resolved(config, kind);
  const own = {
    ...plainRecord(rest),
    // 0 is without an end, which nothing here is.
    ...(typeof timeoutMs === "number" && timeoutMs > 0 && { timeoutMs }),
    ...(isRecord(httpConfig) && { http: httpOf(httpConfig, kind) }),
    ...(isRecord(tlsConfig) && { tls: tlsOf(tlsConfig, kind) }),
  };
  return { kind, settings: kind === "slack" ? slackOf(own) : own };
}

type PlainRecord = Readonly<Record<string, unknown>>;

/** What is set. No file is read: whoever may edit a configuration could have any file of this host sent to themselves. */
function resolved(config: object, kind: string): PlainRecord {
  const set = Object.entries(config).filter(([key, value]) => {
    if (value === undefined || value === null) return false;
    if (!/(File|Ref)$/.test(key)) return true;
    if (value !== "") throw unsupported(kind, key);
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
  const { basicAuth, authorization, tlsConfig, httpHeaders } = config;
  for (const key of ["oauth2", "proxyUrl"]) if (config[key] !== undefined) throw unsupported(kind, key);
  if (config["proxyFromEnvironment"] === true) throw unsupported(kind, "proxyFromEnvironment");
  return {
    ...(isRecord(basicAuth) && { basicAuth: plain(resolved(basicAuth, kind)) }),
    ...(isRecord(authorization) && { authorization: plain(resolved(authorization, kind)) }),
    ...(isRecord(tlsConfig) && { tls: tlsOf(tlsConfig, kind) }),
    ...(isRecord(httpHeaders) && { headers: headersOf(httpHeaders, kind) }),
  };
}

/** Versions of TLS are left to Node, whose least is 1.2. */
function tlsOf(config: PlainRecord, kind: string): PlainRecord {
  const { minVersion: _min, maxVersion: _max, ...tls } = resolved(config, kind);
  return Object.fromEntries(Object.entries(plainRecord(tls)).filter(([, value]) => value !== ""));
}

/** Several values of a header say the same as one with commas. */
function headersOf(headers: PlainRecord, kind: string): PlainRecord {
  const values = Object.entries(headers).map(([name, header]) => {
    const { values = [], secrets = [], files = [] } = isRecord(header) ? header : {};
    if (Array.isArray(files) && files.length > 0) throw unsupported(kind, "httpHeaders");
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

function unsupported(kind: string, key: string) {
  const written = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return invalid(`cannot use ${written} of ${kind}_configs: got one, want the value itself or nothing`);
}

function isRecord(value: unknown): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
