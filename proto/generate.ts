// Makes libs/proto/src/gen from the protos, or with --check fails when it differs from them.
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const committed = resolve(here, "../libs/proto/src/gen");

/** Generates into a directory from scratch. */
function generate(out: string): void {
  const template = readFileSync(join(here, "buf.gen.yaml"), "utf8").replace("../libs/proto/src/gen", out);
  const file = join(mkdtempSync(join(tmpdir(), "sightline-gen-")), "buf.gen.yaml");
  writeFileSync(file, template);
  execFileSync(resolve(here, "../node_modules/.bin/buf"), ["generate", "--template", file], {
    cwd: here,
    stdio: "inherit",
  });
  rmSync(resolve(file, ".."), { recursive: true });
}

function filesOf(dir: string): Map<string, string> {
  return new Map(globSync("**/*.ts", { cwd: dir }).map((name) => [name, readFileSync(join(dir, name), "utf8")]));
}

const scratch = mkdtempSync(join(tmpdir(), "sightline-proto-"));
try {
  generate(scratch);
  if (process.argv.includes("--check")) {
    const want = filesOf(scratch);
    const have = filesOf(committed);
    const differing = [...new Set([...want.keys(), ...have.keys()])].filter(
      (name) => want.get(name) !== have.get(name),
    );
    if (differing.length > 0) {
      console.error(`generated code differs from the protos: ${differing.join(", ")}; run make generate`);
      process.exitCode = 1;
    }
  } else {
    rmSync(committed, { recursive: true, force: true });
    cpSync(scratch, committed, { recursive: true });
  }
} finally {
  rmSync(scratch, { recursive: true });
}
