import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Binary } from "./binary.ts";
import { findOnPath, toolchainDir } from "./paths.ts";
import { runTool } from "./run-tool.ts";

const buildTimeoutMs = 300_000;

/** Whether Go is at hand. */
export function hasGo(): boolean {
  return findOnPath("go") !== undefined;
}

/** A program built from a Go module into the toolchain directory. Rejects with one line when it cannot be built. */
export async function fromGo(module: string, executable: string): Promise<Binary> {
  const path = join(toolchainDir, "go", executable);
  if (!existsSync(path)) {
    await runTool("go", ["install", module], {
      timeoutMs: buildTimeoutMs,
      env: { GOBIN: join(toolchainDir, "go"), GOFLAGS: "-trimpath" },
    });
  }
  return { path, libraryDirs: [] };
}

/**
 * The tests of a Go module as a program, for suites that are published as such. Rejects with one line when it cannot be
 * built.
 *
 * @param module with its version: `example.com/module@v1.2.3`
 */
export async function testsFromGo(module: string, executable: string): Promise<Binary> {
  const path = join(toolchainDir, "go", executable);
  if (!existsSync(path)) {
    const tool = { timeoutMs: buildTimeoutMs, env: { GOFLAGS: "-trimpath" } };
    // A module may call itself by another name than it is found by, as this does not mind.
    const downloaded = await runTool("go", ["mod", "download", "-json", module], tool);
    const { Dir: cwd } = moduleSchema.parse(JSON.parse(downloaded));
    await mkdir(join(toolchainDir, "go"), { recursive: true });
    await runTool("go", ["test", "-c", "-o", path, "."], { ...tool, cwd });
  }
  return { path, libraryDirs: [] };
}

const moduleSchema = z.object({ Dir: z.string() });
