import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, programsOf } from "../../deploy/docker/bundle.ts";

/** Programs as the images have them, for the stacks of a run. */
export interface Programs {
  /** For the environment of the test files. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/**
 * Bundles every program once. Tests start some three hundred processes of them, each of which starts in half the time
 * that it takes from sources; and what is tried is what is shipped.
 */
export async function buildPrograms(root: string): Promise<Programs> {
  const dir = await mkdtemp(join(tmpdir(), "sightline-programs-"));
  const remove = () => rm(dir, { recursive: true, force: true });
  try {
    await Promise.all(programsOf(root).map((program) => bundle(root, program, join(dir, program.name, "main.js"))));
  } catch (error) {
    await remove();
    throw error;
  }
  const env = {
    SIGHTLINE_PROGRAMS_DIR: dir,
    // It looks beside its sources for it.
    SIGHTLINE_PAGE_DIR: join(root, "services/gateway/web/dist"),
    // What Node has compiled of these bundles goes with them.
    NODE_COMPILE_CACHE: join(dir, "compile-cache"),
  };
  return { env, remove };
}
