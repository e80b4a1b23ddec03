import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "@sightline/errors/app-error";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import type { Column } from "../print/table.ts";
import { findFile, listFiles } from "./kept-files.ts";
import { localPath } from "./local-files.ts";

interface Pulled {
  readonly name: string;
  readonly path: string;
  readonly change: "written" | "unchanged";
}

const columns: readonly Column<Pulled>[] = [
  { title: "FILE", text: ({ name }) => name },
  { title: "PATH", text: ({ path }) => path },
  { title: "", text: ({ change }) => change },
];

/** `sightlinectl rules pull`: writes rule files below a directory, just as they were put. Without names all of them. */
export async function pull({ settings, out, signal }: Context, dir: string, names: readonly string[]): Promise<void> {
  const gateway = createGatewayClient(settings(), signal);
  const wanted = names.length > 0 ? names : (await listFiles(gateway)).map(({ name }) => name);
  const pulled: Pulled[] = [];
  try {
    for (const name of wanted) {
      const found = await findFile(gateway, name);
      if (found === undefined) throw new AppError("not_found", `cannot find rule file ${JSON.stringify(name)}`);
      const path = localPath(dir, name);
      pulled.push({ name, path, change: write(path, found.source) });
    }
  } finally {
    out.rows("files", columns, pulled);
  }
}

function write(path: string, source: string): Pulled["change"] {
  if (existsSync(path) && readFileSync(path, "utf8") === source) return "unchanged";
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
  return "written";
}
