import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";

/** Matches `readFileSync(new URL("./sql/x.sql", import.meta.url), "utf8")`: how a module reads a text beside it. */
const pattern = /readFileSync\(\s*new URL\(\s*"([^"]+)"\s*,\s*import\.meta\.url\s*\)\s*,\s*"utf8"\s*,?\s*\)/g;

/** Puts the texts that modules read from beside themselves into the bundle, which has no such files around it. */
export function inlineTexts(): Plugin {
  return {
    name: "inline-texts",
    setup(build) {
      build.onLoad({ filter: /\/(libs|services|sightlinectl)\/.*\.ts$/ }, (file) => {
        const source = readFileSync(file.path, "utf8");
        const contents = source.replace(pattern, (_, path: string) =>
          JSON.stringify(readFileSync(join(dirname(file.path), path), "utf8")),
        );
        return { contents, loader: "ts" };
      });
    },
  };
}
