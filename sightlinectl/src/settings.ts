import { existsSync } from "node:fs";
import { clickhouseConfig } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import { postgresConfig } from "@sightline/postgres/pool";
import { loadConfig, serviceAddress } from "@sightline/service/config";
import { secret } from "@sightline/service/secret";
import { z } from "zod";
import { UsageError } from "./usage-error.ts";

/** Where Sightline is, and what opens it. The keys and variables are those of the services' own configuration. */
const settingsSchema = z.strictObject({
  /** The gateway. */
  server: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:8080"),
  /** An API key with the scope admin. */
  apiKey: secret.optional(),
  /** For backups: storage, and what the services know each other by. */
  storage: serviceAddress("127.0.0.1:7101"),
  internalToken: secret.optional(),
  clickhouse: clickhouseConfig.prefault({}),
  postgres: postgresConfig.prefault({}),
  backup: z
    .strictObject({
      /** Where backups are kept, one directory each. */
      dir: z.string().min(1).default("backups"),
      /** Where ClickHouse writes its part, as --clickhouse-to; here it is not seen in the list of processes. */
      clickhouseTo: secret.optional(),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;

export interface SettingsSources {
  /** A YAML file; default: what a stack in this directory wrote for us, if there is one. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Written by `make up`. */
const LOCAL_FILE = "sightlinectl.yaml";

/** Reads the settings: defaults, over them the file, over that the environment (`SIGHTLINE_SERVER`, `SIGHTLINE_API_KEY`…). Throws UsageError. */
export function loadSettings({ file, env }: SettingsSources): Settings {
  const local = `${env["SIGHTLINE_DIR"] ?? ".sightline"}/${LOCAL_FILE}`;
  try {
    return loadConfig(settingsSchema, { file: file ?? (existsSync(local) ? local : undefined), env });
  } catch (cause) {
    throw new UsageError(AppError.from(cause).message, { cause });
  }
}
