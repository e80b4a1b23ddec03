import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createApiKey } from "@sightline/auth/api-key";
import { z } from "zod";
import { writeConfig } from "../servers/config-file.ts";
import { randomPassword } from "../servers/password.ts";

const secretsSchema = z.strictObject({
  clickhouse: z.string().min(1),
  postgres: z.string().min(1),
  nats: z.string().min(1),
  redis: z.string().min(1),
  /** Services know each other by it. */
  internalToken: z.string().min(1),
  adminPassword: z.string().min(1),
  /** API key that the services send their own telemetry with, and the user's programs theirs. */
  ingestKey: z.string().min(1),
  /** API key for programs that read. */
  queryKey: z.string().min(1),
  /** API key that sightlinectl uses. Instances made before it was there get one. */
  adminKey: z
    .string()
    .min(1)
    .default(() => createApiKey("admin").key),
  /** Seals what has secrets in Postgres. Instances made before it was there get one. */
  sealKey: z
    .string()
    .min(32)
    .default(() => randomPassword()),
});
export type Secrets = Readonly<z.infer<typeof secretsSchema>>;

/** The file of an instance's secrets. */
export function secretsFile(dir: string): string {
  return join(dir, "secrets.json");
}

/** The instance's secrets; random ones are made at its first start. The file is its owner's only. */
export async function loadSecrets(dir: string): Promise<Secrets> {
  const path = secretsFile(dir);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return await makeSecrets(dir);
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new Error(
      `cannot read ${path}: ${parsed.error.issues[0]?.message ?? "it is damaged"}; restore it or remove ${dir}`,
    );
  }
  if (text.includes("adminKey") && text.includes("sealKey")) await chmod(path, 0o600);
  else await writeConfig(path, `${JSON.stringify(parsed.data, undefined, 2)}\n`);
  return parsed.data;
}

async function makeSecrets(dir: string): Promise<Secrets> {
  const secrets: Secrets = {
    clickhouse: randomPassword(),
    postgres: randomPassword(),
    nats: randomPassword(),
    redis: randomPassword(),
    internalToken: randomPassword(),
    adminPassword: randomPassword().slice(0, 20),
    ingestKey: createApiKey("ingest").key,
    queryKey: createApiKey("query").key,
    adminKey: createApiKey("admin").key,
    sealKey: randomPassword(),
  };
  await mkdir(dir, { recursive: true });
  await writeConfig(secretsFile(dir), `${JSON.stringify(secrets, undefined, 2)}\n`);
  return secrets;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
