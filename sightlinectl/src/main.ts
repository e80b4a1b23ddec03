import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import { runProgram } from "./program.ts";

const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));

// The first Ctrl-C ends what is under way in order; the second ends at once.
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort(new AppError("cancelled", "interrupted")));
process.once("SIGTERM", () => interrupted.abort(new AppError("cancelled", "ended by SIGTERM")));

// Who reads the results may stop reading, as head does; what is under way is done all the same.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await runProgram({
  args: process.argv.slice(2),
  env: process.env,
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  now: Date.now,
});
