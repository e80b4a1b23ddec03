import { execFile } from "node:child_process";

export interface ToolOptions {
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end and answers what it printed. Rejects with one line that names the command and its last words. */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const environment = { ...process.env, LC_ALL: "C", ...options.env };
  const settings = { cwd: options.cwd, timeout: options.timeoutMs, env: environment, maxBuffer: 16 << 20 };
  execFile(command, [...args], settings, (error, stdout, stderr) => {
    if (error === null) return resolve(stdout);
    const lastWords = stderr.trim().split("\n").at(-1) || error.message;
    reject(new Error(`cannot run ${command} ${args.slice(0, 3).join(" ")}: ${lastWords}`, { cause: error }));
  });
  return promise;
}
