import type { Rule } from "../rule.ts";

const bannedNames = new Set(["common", "helper", "helpers", "misc", "shared", "util", "utils"]);
const bannedParts = /(^(abstract|base)-|-(helper|helpers|impl|manager|util|utils)$)/;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export const names: Rule = {
  name: "names say what is inside",
  advice: "name the file or folder after the one noun or verb in it, in kebab-case",
  applies: (path) => /\.(tsx?|sql)$/.test(path),
  check(file) {
    const parts = file.path.split("/");
    const stem = (parts.pop() ?? "").split(".")[0] ?? "";
    const isNumbered = /\.sql$/.test(file.path) && /^\d{4}_[a-z0-9_]+$/.test(stem);
    const isNamedWell = [...parts, stem].every((part) => !bannedNames.has(part) && !bannedParts.test(part));
    return isNamedWell && (isNumbered || kebabCase.test(stem.replaceAll("_", "-"))) ? [] : [1];
  },
};
