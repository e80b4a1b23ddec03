import type { Integration as ConfiguredIntegration } from "@sightline/alertmanager/config/receiver";
import { invalid } from "@sightline/errors/app-error";

/** Settings that `createIntegration` takes. */
export interface ChannelSettings {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface FromAlertmanagerOptions {
  /**
   * Reads a file that a configuration names for a secret. Unset: such configurations are refused, since whoever may edit
   * one could have any file of this host sent to themselves.
   */
  readonly readFile?: (path: string) => string;
}

/**
 * An integration of Alertmanager's configuration, with all that holds for all filled in, as settings of a channel.
 *
 * @throws AppError invalid_argument where it asks for what is not done here: files, proxies, OAuth 2
 */
export function fromAlertmanager(
  { kind, config }: ConfiguredIntegration,
  options: FromAlertmanagerOptions = {},
): ChannelSettings {
  const reading = { kind, ...options };
  const { httpConfig, tlsConfig, timeoutMs, ...rest } = resolved(config, reading);
  const own = {
    ...plainRecord(rest),
    // 0 is without an end, which nothing here is.
    ...(typeof timeoutMs === "number" && timeoutMs > 0 && { timeoutMs }),
    ...(isRecord(httpConfig) && { http: httpOf(httpConfig, reading) }),
    ...(isRecord(tlsConfig) && { tls: tlsOf(tlsConfig, reading) }),
  };
  return { kind, settings: kind === "slack" ? slackOf(own) : own };
}

interface Reading extends FromAlertmanagerOptions {
  /** Where it is, for messages. */
  readonly kind: string;
}

type PlainRecord = Readonly<Record<string, unknown>>;

/** What is set, with the contents of files in place of their names. */
function resolved(config: object, { kind, readFile }: Reading): PlainRecord {
  const entries = Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
    if (value === undefined || value === null) return [];
    const isElsewhere = /(File|Ref)$/.test(key);
    if (!isElsewhere || typeof value !== "string") return [[key, value]];
    if (value === "") return [];
    if (readFile === undefined || !key.endsWith("File")) throw unsupported(kind, key);
    return [[key.slice(0, -"File".length), readFile(value).trim()]];
  });
  return Object.fromEntries(entries);
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

function httpOf(config: PlainRecord, reading: Reading): PlainRecord {
  const { basicAuth, authorization, tlsConfig, httpHeaders } = config;
  for (const key of ["oauth2", "proxyUrl"]) if (config[key] !== undefined) throw unsupported(reading.kind, key);
  if (config["proxyFromEnvironment"] === true) throw unsupported(reading.kind, "proxyFromEnvironment");
  return {
    ...(isRecord(basicAuth) && { basicAuth: plain(resolved(basicAuth, reading)) }),
    ...(isRecord(authorization) && { authorization: plain(resolved(authorization, reading)) }),
    ...(isRecord(tlsConfig) && { tls: tlsOf(tlsConfig, reading) }),
    ...(isRecord(httpHeaders) && { headers: headersOf(httpHeaders, reading) }),
  };
}

/** Versions of TLS are left to Node, whose least is 1.2. */
function tlsOf(config: PlainRecord, reading: Reading): PlainRecord {
  const { minVersion: _min, maxVersion: _max, ...tls } = resolved(config, reading);
  return Object.fromEntries(Object.entries(plainRecord(tls)).filter(([, value]) => value !== ""));
}

/** Several values of a header say the same as one with commas. */
function headersOf(headers: PlainRecord, { kind }: Reading): PlainRecord {
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
  return invalid(`cannot use ${written} of ${kind}_configs: it is not supported here`);
}

function isRecord(value: unknown): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
