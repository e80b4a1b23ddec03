import { execFile } from "node:child_process";
import { join } from "node:path";
import { bareEnvironment, programFile } from "@sightline/local/install/program";

export interface CtlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is under way. */
export interface RunningCtl {
  /** As Ctrl-C does. */
  interrupt(): void;
  kill(): void;
  readonly result: Promise<CtlResult>;
}

/** Starts the command line as a user of the instance in a directory would. */
export function startSightlinectl(instanceDir: string, ...args: string[]): RunningCtl {
  const settings = ["--config", join(instanceDir, "sightlinectl.yaml")];
  const env = bareEnvironment();
  const { promise, resolve: done } = Promise.withResolvers<CtlResult>();
  const options = { env, timeout: 120_000 };
  const child = execFile(
    process.execPath,
    [programFile("sightlinectl"), ...settings, ...args],
    options,
    (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      done({ code, stdout, stderr });
    },
  );
  return { interrupt: () => void child.kill("SIGINT"), kill: () => void child.kill("SIGKILL"), result: promise };
}

/** Runs the command line to its end. */
export function sightlinectl(instanceDir: string, ...args: string[]): Promise<CtlResult> {
  return startSightlinectl(instanceDir, ...args).result;
}
