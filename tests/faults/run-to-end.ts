import { repositoryDir } from "@sightline/local/install/paths";
import { bareEnvironment, programFile } from "@sightline/local/install/program";
import { startProcess } from "@sightline/local/servers/process";
import type { ServiceName } from "@sightline/local/stack/services";

export interface RunToEndOptions {
  /** All of its environment: nothing of the test's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** How a process ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it said in plain words. */
  readonly said: readonly string[];
  /** What it logged. */
  readonly logged: readonly string[];
}

/** Runs a service that cannot start, until it ends by itself. */
export async function runToEnd(service: ServiceName, { env, args = [] }: RunToEndOptions): Promise<Ended> {
  const lines: string[] = [];
  const running = startProcess({
    name: service,
    command: process.execPath,
    args: [programFile(service), ...args],
    cwd: repositoryDir,
    env: { ...bareEnvironment(), SIGHTLINE_ADMIN_PORT: "0", ...env },
    onLine: (line) => lines.push(line),
  });
  const tooLong = setTimeout(() => void running.kill(), 30_000);
  const { code } = await running.ended;
  clearTimeout(tooLong);
  const isLog = (line: string) => line.startsWith("{");
  return { code, said: lines.filter((line) => !isLog(line)), logged: lines.filter(isLog) };
}
