import { spawn } from "node:child_process";
import { CommandError } from "../exit-codes.ts";

/**
 * Runs a command with our own input and output, as long as it takes. An interruption is handed on, and waited for. Throws CommandError
 * with its exit code where that is not 0.
 */
export async function runCommand([program = "", ...args]: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(program, args, { stdio: "inherit" });
  const end = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", end, { once: true });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", (cause) =>
    reject(
      new CommandError(
        `cannot run ${program}: ${cause.message}`,
        "code" in cause && cause.code === "ENOENT" ? 127 : 126,
      ),
    ),
  );
  // The codes are those of shells.
  child.once("exit", (code, killedBy) => resolve(code ?? (killedBy === "SIGINT" ? 130 : 143)));
  try {
    const code = await promise;
    signal.throwIfAborted();
    if (code !== 0) throw new CommandError(`${program} ended with ${code}`, code);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
