import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { environmentOf } from "../install/binary.ts";
import { findNatsServer } from "../install/find-servers.ts";
import { writeConfig } from "./config-file.ts";
import { freePort, onPort } from "./free-port.ts";
import { randomPassword } from "./password.ts";
import { startProcess } from "./process.ts";
import type { Server, ServerOptions } from "./server.ts";

export interface NatsOptions extends ServerOptions {
  /** The port of its monitoring page. Default: a free one. */
  readonly monitorPort?: number;
  /** Bound of what JetStream keeps on disk. Default 8 GiB. */
  readonly maxDiskBytes?: number;
}

export interface NatsServer extends Server {
  /** Its monitoring page. */
  readonly monitorUrl: string;
}

const user = "sightline";
const readyTimeoutMs = 15_000;

/** Starts nats-server with JetStream in `dir`. Rejects with one line when it cannot run. */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const binary = await findNatsServer();
  const password = options.password ?? randomPassword();
  const host = options.host ?? "127.0.0.1";
  await mkdir(options.dir, { recursive: true });
  const configPath = join(options.dir, "nats.conf");
  return await onPort(options.port, async (port) => {
    const monitorPort = options.monitorPort ?? (await freePort());
    await writeConfig(configPath, configOf({ ...options, host, port, monitorPort, password }));
    const server = startProcess({
      name: "nats",
      command: binary.path,
      args: ["-c", configPath],
      env: environmentOf(binary),
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    });
    try {
      await server.waitForLine(/Server is ready/, readyTimeoutMs);
    } catch (error) {
      await server.kill();
      throw error;
    }
    return {
      url: `nats://${user}:${password}@${host}:${port}`,
      monitorUrl: `http://${host}:${monitorPort}`,
      port,
      pid: server.pid,
      ended: server.ended,
      stop: server.stop,
      kill: server.kill,
    };
  });
}

interface NatsSettings extends NatsOptions {
  readonly host: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly password: string;
}

function configOf(settings: NatsSettings): string {
  return [
    `listen: "${settings.host}:${settings.port}"`,
    `http: "${settings.host}:${settings.monitorPort}"`,
    `authorization { user: "${user}", password: "${settings.password}" }`,
    "jetstream {",
    `  store_dir: ${JSON.stringify(settings.dir)}`,
    `  max_file_store: ${settings.maxDiskBytes ?? 8 * 2 ** 30}`,
    "  max_memory_store: 268435456",
    "}",
    "max_payload: 8388608",
    "",
  ].join("\n");
}
