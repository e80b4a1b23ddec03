import { invalid } from "@sightline/errors/app-error";
import type { Config } from "./config.ts";
import { commonReceiver } from "./receiver.ts";
import { createSecret } from "./secret.ts";

/** The text of a file that a setting, such as `api_key_file`, names. May throw. */
export type TextOfFile = (path: string, setting: string) => string;

/** What an integration is set to, by name. */
export type PlainSettings = Readonly<Record<string, unknown>>;

/** Settings that have settings in them which may name files. What else is in an integration are texts of its user. */
const nested: Readonly<Record<string, readonly string[]>> = {
  "": ["httpConfig", "tlsConfig"],
  httpConfig: ["basicAuth", "authorization", "oauth2", "tlsConfig"],
  oauth2: ["tlsConfig"],
};

/** What is no secret: everybody is shown it. */
const shownKeys = ["ca", "cert", "username"];

/** The settings with what is in the files that they name in their place, as if it had been written there. */
export function withFileTexts(settings: object, textOf: TextOfFile, name = ""): PlainSettings {
  const inside = nested[name] ?? [];
  const own = new Map<string, unknown>();
  const paths = new Map<string, string>();
  for (const [key, value] of Object.entries(settings)) {
    if (key.endsWith("File") && typeof value === "string") paths.set(key, value);
    else if (inside.includes(key) && isObject(value)) own.set(key, withFileTexts(value, textOf, key));
    else if (key === "httpHeaders" && isObject(value)) own.set(key, headersWithTexts(value, textOf));
    else own.set(key, value);
  }
  for (const [fileKey, path] of paths) {
    const key = fileKey.slice(0, -"File".length);
    const [before, setting] = [own.get(key), fileKey.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    // What is written counts more than a file of `global`.
    if (path === "" || (before !== undefined && before !== "")) continue;
    const text = readText(path, setting, textOf);
    own.set(key, shownKeys.includes(key) ? text : createSecret(text));
  }
  return Object.fromEntries(own);
}

/** The paths of the files that a configuration names, but for those of its templates; each once. */
export function filesNamedBy({ receivers, global }: Config): string[] {
  const named = new Set<string>();
  const note: TextOfFile = (path) => {
    named.add(path);
    return path;
  };
  for (const { integrations } of [...receivers, commonReceiver(global)]) {
    for (const { config } of integrations) withFileTexts(config, note);
  }
  return [...named];
}

/** The texts of files that were sent along with a configuration. None is read here: whoever may edit one could have any file of this host. */
export function textsSentAlong(files: Readonly<Record<string, string>>): TextOfFile {
  return (path, setting) => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text !== undefined) return text;
    throw invalid(`cannot use ${setting}: got ${JSON.stringify(path)}, want its text sent along as one of the files`);
  };
}

/** As Alertmanager reads them: editors end files with a line break. */
function readText(path: string, setting: string, textOf: TextOfFile): string {
  const text = textOf(path, setting).trim();
  if (text !== "") return text;
  throw invalid(`cannot use ${setting}: got an empty file ${JSON.stringify(path)}, want its text`);
}

function headersWithTexts(headers: object, textOf: TextOfFile): PlainSettings {
  return Object.fromEntries(
    Object.entries(headers).map(([name, header]) => {
      const { secrets, files, ...rest } = isObject(header) ? plain(header) : {};
      const texts = listOf(files).map((path) => createSecret(readText(String(path), "http_headers", textOf)));
      return [name, { ...rest, secrets: [...listOf(secrets), ...texts] }];
    }),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function plain(value: object): PlainSettings {
  return { ...value };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
