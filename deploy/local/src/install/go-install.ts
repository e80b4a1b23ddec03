import { existsSync } from "node:fs";
import { join } from "node:path";
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
