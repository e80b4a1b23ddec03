import { mkdir } from "node:fs/promises";
import { environmentOf } from "../install/binary.ts";
import { findRedisServer } from "../install/find-servers.ts";
import { onPort } from "./free-port.ts";
import { randomPassword } from "./password.ts";
import { startProcess } from "./process.ts";
import type { Server, ServerOptions } from "./server.ts";

const readyTimeoutMs = 15_000;

/** Starts redis-server (or valkey-server) with its snapshot in `dir`. Rejects with one line when it cannot run. */
export async function startRedis(options: ServerOptions): Promise<Server> {
  const binary = await findRedisServer();
  const password = options.password ?? randomPassword();
  const host = options.host ?? "127.0.0.1";
  await mkdir(options.dir, { recursive: true });
  return await onPort(options.port, async (port) => {
    const server = startProcess({
      name: "redis",
      command: binary.path,
      // The config comes on standard input: a password on the command line is everybody's to read.
      args: ["-"],
      input: configOf(options.dir, host, port, password),
      cwd: options.dir,
      env: environmentOf(binary),
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    });
    try {
      await server.waitForLine(/ready to accept connections/i, readyTimeoutMs);
    } catch (error) {
      await server.kill();
      throw error;
    }
    return {
      url: `redis://:${password}@${host}:${port}`,
      port,
      pid: server.pid,
      ended: server.ended,
      stop: server.stop,
      kill: server.kill,
    };
  });
}

function configOf(dir: string, host: string, port: number, password: string): string {
  return [
    `bind ${host}`,
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(dir)}`,
    // What it holds can be rebuilt: a snapshot now and then is enough, and a full one gives up its oldest entries.
    "save 300 1",
    "maxmemory 256mb",
    "maxmemory-policy allkeys-lru",
    "",
  ].join("\n");
}
