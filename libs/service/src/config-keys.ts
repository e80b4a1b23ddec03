import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { secret } from "./secret.ts";

/** One value that a configuration can hold. */
export interface ConfigKey {
  readonly path: readonly string[];
  /** Its environment variable: `SIGHTLINE_` and the path in UPPER_SNAKE. */
  readonly env: string;
  readonly schema: unknown;
}

/** All values that a schema describes, those of nested objects included. */
export function configKeys(schema: unknown, path: readonly string[] = []): ConfigKey[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [{ path, env: envName(path), schema: inner }];
  return Object.entries(inner.shape).flatMap(([key, child]) => configKeys(child, [...path, key]));
}

/** The keys that an object at this path of the schema may have. */
export function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  let at = unwrap(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = unwrap(at.shape[String(key)]);
    else if (at instanceof z.ZodArray) at = unwrap(at.element);
    else if (at instanceof z.ZodRecord) at = unwrap(at.valueType);
    else return [];
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** What an environment variable's text stands for, as far as the schema says; otherwise the text itself. */
export function valueOfText(text: string, schema: unknown): unknown {
  if (schema instanceof z.ZodNumber)
    return text.trim() === "" ? text : Number.isNaN(Number(text)) ? text : Number(text);
  if (schema instanceof z.ZodBoolean) return booleans.get(text.trim().toLowerCase()) ?? text;
  const composite =
    schema instanceof z.ZodArray ||
    schema instanceof z.ZodRecord ||
    schema instanceof z.ZodTuple ||
    schema instanceof z.ZodObject ||
    schema instanceof z.ZodUnion;
  if (!composite) return text;
  try {
    // YAML includes JSON.
    return parseYaml(text);
  } catch {
    // The schema's own message about the text is the better one.
    return text;
  }
}

/** Whether values of this schema must not be shown. */
export function isSecret(schema: unknown): boolean {
  return schema === secret;
}

const booleans = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

/** `["otlp", "grpcPort"]` is SIGHTLINE_OTLP_GRPC_PORT. */
function envName(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase());
  return ["SIGHTLINE", ...words].join("_");
}

/** The schema below defaults, optionals and what else only says whether there is a value. */
function unwrap(schema: unknown): unknown {
  let at = schema;
  while (at !== secret) {
    if (
      at instanceof z.ZodDefault ||
      at instanceof z.ZodPrefault ||
      at instanceof z.ZodOptional ||
      at instanceof z.ZodNullable ||
      at instanceof z.ZodNonOptional ||
      at instanceof z.ZodReadonly ||
      at instanceof z.ZodCatch
    ) {
      at = at.unwrap();
    } else if (at instanceof z.ZodPipe) {
      at = at.in instanceof z.ZodTransform ? at.out : at.in;
    } else {
      break;
    }
  }
  return at;
}
