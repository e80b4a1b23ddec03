import type { HttpConfig } from "@sightline/alertmanager/config/http-config";
import type { Integration } from "@sightline/alertmanager/config/receiver";
import { invalid } from "@sightline/errors/app-error";

/**
 * The settings of a channel as alertmanager.yml says them: both call them by the same names. Throws invalid_argument for what Sightline
 * does not do: it reads no files, since whoever may put a configuration could read all that the service can.
 */
export function channelSettings({ kind, config }: Integration): object {
  const { httpConfig, ...own }: { readonly httpConfig?: HttpConfig | undefined } & object = config;
  const settings = plainObject(own, kind);
  return httpConfig === undefined ? settings : { ...settings, http: httpSettings(httpConfig, `${kind}: http_config`) };
}

function httpSettings(config: HttpConfig, where: string): object {
  const { basicAuth, authorization, httpHeaders = {}, tlsConfig } = config;
  if (config.oauth2 !== undefined) throw refused(`${where}: oauth2`);
  if (config.proxyUrl !== undefined || config.proxyFromEnvironment) throw refused(`${where}: proxy_url`);
  const headers = Object.entries(httpHeaders).map(([name, { values, secrets, files }]) => {
    if (files.length > 0) throw refused(`${where}: http_headers: ${name}: files`);
    return [name, [...values, ...secrets.map((secret) => secret?.reveal() ?? "")].join(", ")];
  });
  const { minVersion: _min, maxVersion: _max, ...tls } = tlsConfig;
  return {
    ...(basicAuth === undefined ? {} : { basicAuth: plainObject(basicAuth, `${where}: basic_auth`) }),
    ...(authorization === undefined ? {} : { authorization: plainObject(authorization, `${where}: authorization`) }),
    headers: Object.fromEntries(headers),
    tls: withoutEmpty(plainObject(tls, `${where}: tls_config`)),
  };
}

/** Without what is not set, with secrets as they are, and without files. */
function plainObject(value: object, where: string): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (/(?:File|Ref)$/.test(name)) {
      if (item !== "") throw refused(`${where}: ${snakeCase(name)}`);
    } else if (item !== undefined && item !== null && !(name === "timeoutMs" && item === 0)) {
      plain[name] = plainValue(item, `${where}: ${snakeCase(name)}`);
    }
  }
  return plain;
}

function plainValue(value: unknown, where: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map((item) => plainValue(item, where));
  if ("reveal" in value && typeof value.reveal === "function") return value.reveal();
  return plainObject(value, where);
}

function withoutEmpty(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function refused(what: string) {
  return invalid(`cannot use the configuration: ${what} is set, which Sightline does not read; want the value itself`);
}
