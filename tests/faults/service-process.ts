import { repositoryDir } from "@sightline/local/install/paths";
import { programFile } from "@sightline/local/install/program";
import { type RunningProcess, startProcess } from "@sightline/local/servers/process";
import { freePorts, PORTS, type Ports } from "@sightline/local/stack/ports";
import { readiness } from "@sightline/local/stack/ready";
import type { ServiceName } from "@sightline/local/stack/services";
import type { Stack } from "@sightline/local/stack/stack";
import { eventually } from "@sightline/testkit/eventually";

export interface ServiceProcessOptions {
  /** Environment variables over those of the stack's own process. */
  readonly settings?: Readonly<Record<string, string>>;
  /** In place of the stack's own process, which must have been ended; otherwise beside it, at ports of its own. */
  readonly inPlace?: boolean;
  /** Ports of 127.0.0.1 that it reaches by others. Default: each by itself. */
  readonly through?: ReadonlyMap<number, number>;
}

/** A process of a service that nobody starts again. */
export interface ServiceProcess extends RunningProcess, AsyncDisposable {
  readonly ports: Ports;
  /** The last of what it logged. */
  readonly lines: readonly string[];
  /** Resolves when it can be sent work. */
  ready(): Promise<void>;
}

/** Starts a process of a service of the stack; does not wait until it is ready. It is killed when disposed of. */
export async function startService(
  stack: Stack,
  name: ServiceName,
  { settings = {}, inPlace = false, through = new Map() }: ServiceProcessOptions = {},
): Promise<ServiceProcess> {
  const own = inPlace ? stack.port : await freePorts();
  const ports: Ports = (port) => (PORTS[port].owner === name ? own(port) : stack.port(port));
  const lines: string[] = [];
  const service = startProcess({
    name,
    command: process.execPath,
    args: [programFile(name)],
    cwd: repositoryDir,
    env: { ...redirected(stack.environment(name, ports), through), ...settings },
    onLine: (line) => {
      lines.push(line);
      if (lines.length > 1000) lines.shift();
    },
    stopTimeoutMs: 12_000,
  });
  return {
    ...service,
    ports,
    lines,
    ready: async () => {
      const port = ports(`${name}Admin`);
      await eventually(async () => (await readiness("127.0.0.1", port)) === true, { timeoutMs: 60_000 });
    },
    [Symbol.asyncDispose]: service.kill,
  };
}

/** The environment with other addresses where the process is to take another way. */
function redirected(
  env: Readonly<Record<string, string>>,
  through: ReadonlyMap<number, number>,
): Record<string, string> {
  const redirect = (value: string) =>
    value.replace(/(?<=127\.0\.0\.1:)\d+/g, (port) => String(through.get(Number(port)) ?? port));
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, redirect(value)]));
}
