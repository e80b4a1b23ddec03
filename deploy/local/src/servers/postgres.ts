import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPostgres, type PostgresBinaries } from "../install/find-servers.ts";
import { onPort } from "./free-port.ts";
import { randomPassword } from "./password.ts";
import { databaseUser } from "./postgres-user.ts";
import { lastWords, type ProcessUser, type RunningProcess, startProcess } from "./process.ts";
import type { Server, ServerOptions } from "./server.ts";

export interface PostgresOptions extends ServerOptions {
  /** Trade crash safety for speed, for data nobody will miss. Default false. */
  readonly throwAway?: boolean;
  /** How long it may take to be ready. Default 20 000: after a power cut it first reads its log again. */
  readonly readyTimeoutMs?: number;
}

const role = "sightline";
const database = "sightline";

/** Nothing of the machine's locales, time zone or users leaks into the server. */
const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * Starts Postgres with its cluster in `dir`, making it on the first start (with that password, which later starts
 * must give again). Works as root, by running as another user. Rejects with one line when it cannot run.
 */
export async function startPostgres(options: PostgresOptions): Promise<Server> {
  const binaries = findPostgres();
  const user = await databaseUser([binaries.postgres, options.dir]);
  const password = options.password ?? randomPassword();
  const host = options.host ?? "127.0.0.1";
  const { throwAway = false, readyTimeoutMs = 20_000 } = options;
  const cluster: Cluster = { dir: options.dir, binaries, user, throwAway, readyTimeoutMs };
  if (!existsSync(join(options.dir, "PG_VERSION"))) await createCluster(cluster, password);
  await removeStalePidFile(options.dir);
  return await onPort(options.port, async (port) => {
    const server = await startReady(cluster, host, port, options.onLine);
    return {
      url: `postgres://${role}:${password}@${host}:${port}/${database}`,
      port,
      pid: server.pid,
      ended: server.ended,
      stop: server.stop,
      kill: server.kill,
    };
  });
}

interface Cluster {
  readonly dir: string;
  readonly binaries: PostgresBinaries;
  readonly user: ProcessUser | undefined;
  readonly throwAway: boolean;
  readonly readyTimeoutMs: number;
}

/** Makes the cluster beside its place first: a first start that was cut short leaves nothing that looks like one. */
async function createCluster(cluster: Cluster, password: string): Promise<void> {
  const { dir, binaries, user } = cluster;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await giveTo(user, dir);
  const secrets = await mkdtemp(join(tmpdir(), "sightline-"));
  const passwordFile = join(secrets, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(user, secrets, passwordFile);
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const args = [`--pgdata=${dir}`, `--username=${role}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256", ...locale];
  try {
    await toEnd(cluster, binaries.initdb, cluster.throwAway ? [...args, "--no-sync"] : args);
    await toEnd(cluster, binaries.postgres, ["--single", "-D", dir, "postgres"], `CREATE DATABASE ${database};\n`);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(secrets, { recursive: true, force: true });
  }
}

async function giveTo(user: ProcessUser | undefined, ...paths: string[]): Promise<void> {
  if (user === undefined) return;
  for (const path of paths) await chown(path, user.uid, user.gid);
}

async function toEnd(cluster: Cluster, command: string, args: readonly string[], input?: string): Promise<void> {
  const step = startProcess({
    name: "postgres",
    command,
    args,
    cwd: cluster.dir,
    env: environment,
    ...(cluster.user === undefined ? {} : { user: cluster.user }),
    ...(input === undefined ? {} : { input }),
  });
  const { code } = await step.ended;
  if (code !== 0)
    throw new Error(`cannot create the Postgres cluster in ${cluster.dir}: ${lastWords(step.lastLines())}`);
}

async function startReady(
  cluster: Cluster,
  host: string,
  port: number,
  onLine: ((line: string) => void) | undefined,
): Promise<RunningProcess> {
  await chmod(cluster.dir, 0o700);
  const fast = cluster.throwAway ? ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] : [];
  const settings = [
    `listen_addresses=${host}`,
    "unix_socket_directories=",
    "max_connections=200",
    "log_destination=stderr",
    "logging_collector=off",
    ...fast,
  ];
  const deadline = performance.now() + cluster.readyTimeoutMs;
  for (;;) {
    const server = startProcess({
      name: "postgres",
      command: cluster.binaries.postgres,
      args: ["-D", cluster.dir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      env: environment,
      // The "fast" shutdown: SIGTERM would wait for every client to leave by itself.
      stopSignal: "SIGINT",
      ...(cluster.user === undefined ? {} : { user: cluster.user }),
      ...(onLine === undefined ? {} : { onLine }),
    });
    try {
      await server.waitForLine(/database system is ready to accept connections/, cluster.readyTimeoutMs);
      return server;
    } catch (error) {
      await server.kill();
      // After a kill the old server's children need a moment to notice and let the cluster go.
      const lingering = server.lastLines().some((line) => /shared memory block|is another postmaster/.test(line));
      if (!lingering || performance.now() > deadline) throw error;
      await new Promise((resume) => setTimeout(resume, 100));
    }
  }
}

/**
 * After a kill, postmaster.pid names a process that is gone, or, when the machine or container was started anew, a
 * stranger with the same number, whom Postgres would take for a running server.
 */
async function removeStalePidFile(dir: string): Promise<void> {
  const path = join(dir, "postmaster.pid");
  const pid = await readFile(path, "utf8").then(
    (text) => Number.parseInt(text, 10),
    () => undefined,
  );
  if (pid === undefined || !existsSync("/proc/self/cmdline")) return;
  const owner = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (!owner.includes("postgres")) await rm(path, { force: true });
}
