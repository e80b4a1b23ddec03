import { execFile } from "node:child_process";
import { join, resolve } from "node:path";

const program = resolve(import.meta.dirname, "../../sightlinectl/src/main.ts");

export interface CtlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user of the instance in a directory would. */
export function sightlinectl(instanceDir: string, ...args: string[]): Promise<CtlResult> {
  const settings = ["--config", join(instanceDir, "sightlinectl.yaml")];
  const env = { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" };
  return new Promise((done) => {
    execFile(process.execPath, [program, ...settings, ...args], { env, timeout: 120_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      done({ code, stdout, stderr });
    });
  });
}
