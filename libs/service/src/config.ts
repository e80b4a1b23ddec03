import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { configKeys, isSecret, knownKeys, valueOfText } from "./config-keys.ts";
import { LOG_LEVELS } from "./logger.ts";
import { nearest } from "./nearest.ts";
import { secret } from "./secret.ts";

/** A port to listen on; 0 is any free one. */
export const port = z.int().min(0).max(65535);

/** Where another service is: `{ address: "host:port" }`, by default the given one. */
export function serviceAddress(fallback: string) {
  return z.strictObject({ address: z.string().min(1).default(fallback) }).prefault({});
}

/** The keys that every service has; spread into its own strict schema. */
export const serviceConfig = {
  /** Host that every door listens on. */
  bind: z.string().min(1).default("127.0.0.1"),
  /** Port of /livez, /readyz and /metrics. */
  adminPort: port.default(7200),
  logLevel: z.enum(LOG_LEVELS).default("info"),
  telemetry: z
    .strictObject({
      /** OTLP/gRPC URL that the service's own traces and logs go to; none when unset. */
      endpoint: z.url({ protocol: /^https?$/ }).optional(),
      /** API key sent with them. */
      apiKey: secret.optional(),
    })
    .prefault({}),
  /** What an orderly stop may take. */
  shutdownTimeoutMs: z.int().min(100).max(600_000).default(10_000),
};

const serviceSchema = z.strictObject(serviceConfig);

/** What `run` itself needs of a configuration. */
export type ServiceConfig = z.infer<typeof serviceSchema>;

export interface ConfigSources {
  /** Path of a YAML file, if any. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a service's configuration: the schema's defaults, over them the YAML file, over that the environment. An empty
 * environment variable counts as unset. The result is frozen.
 *
 * @throws AppError invalid_argument with one line for each problem, naming the key
 */
export function loadConfig<C>(schema: z.ZodType<C>, { file, env }: ConfigSources): C {
  const values = file === undefined ? {} : readYaml(file);
  const fromEnv = applyEnv(schema, values, env);
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    throw invalid(parsed.error.issues.flatMap((issue) => describe(issue, { schema, values, fromEnv })).join("\n"));
  }
  return deepFreeze(parsed.data);
}

type Tree = Record<string, unknown>;

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readYaml(file: string): Tree {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw invalid(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  let values: unknown;
  try {
    values = parseYaml(text);
  } catch (cause) {
    const [firstLine] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw invalid(`cannot parse ${file}: ${firstLine}`, cause);
  }
  if (values === null || values === undefined) return {};
  if (!isTree(values))
    throw invalid(`cannot use ${file}: got ${Array.isArray(values) ? "a list" : "a single value"}, want keys`);
  return values;
}

/** Puts the environment's values in; returns which path came from which variable. */
function applyEnv(schema: unknown, values: Tree, env: ConfigSources["env"]): Map<string, string> {
  const fromEnv = new Map<string, string>();
  for (const key of configKeys(schema)) {
    const text = env[key.env];
    if (text === undefined || text === "") continue;
    let at = values;
    for (const part of key.path.slice(0, -1)) {
      const below = at[part];
      const next: Tree = isTree(below) ? below : {};
      at[part] = next;
      at = next;
    }
    const last = key.path.at(-1);
    if (last === undefined) continue;
    at[last] = valueOfText(text, key.schema);
    fromEnv.set(key.path.join("."), key.env);
  }
  return fromEnv;
}

interface Described {
  readonly schema: unknown;
  readonly values: Tree;
  readonly fromEnv: ReadonlyMap<string, string>;
}

function describe(issue: z.core.$ZodIssue, { schema, values, fromEnv }: Described): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const known = nearest(key, knownKeys(schema, issue.path));
      return `${pathText([...issue.path, key])}: unknown key${known === undefined ? "" : `; did you mean ${pathText([...issue.path, known])}?`}`;
    });
  }
  const path = pathText(issue.path);
  const key = configKeys(schema).find((candidate) => candidate.path.join(".") === path);
  const variable = fromEnv.get(path) ?? (key === undefined ? undefined : `or ${key.env}`);
  const got = key !== undefined && isSecret(key.schema) ? "" : `, got ${shown(valueAt(values, issue.path))}`;
  const message = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return [`${path || "the configuration"}${variable === undefined ? "" : ` (${variable})`}: ${message}${got}`];
}

function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) text += typeof part === "number" ? `[${part}]` : `${text === "" ? "" : "."}${String(part)}`;
  return text;
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  let at = values;
  for (const part of path) {
    if (Array.isArray(at) && typeof part === "number") at = at[part];
    else if (isTree(at)) at = at[String(part)];
    else return undefined;
  }
  return at;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
