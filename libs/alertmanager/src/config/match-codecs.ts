import type { Labels } from "../notification.ts";
import { type Codec, mapOf } from "./codec.ts";
import { isClassicLabelName } from "./label-name.ts";
import { pattern, text } from "./values.ts";

/** Labels with the values that they are to have. */
export const match: Codec<Labels> = {
  ...mapOf(text()),
  read(node, context) {
    const read = mapOf(text()).read(node, context);
    for (const name of Object.keys(read)) {
      if (!isClassicLabelName(name)) context.problem(node, `invalid label name "${name}"`);
    }
    return read;
  },
};

/** Labels with the patterns that their values are to match. */
export const matchRe: Codec<Labels> = {
  ...mapOf(text()),
  read(node, context) {
    const patterns: [string, string][] = [];
    for (const [name, value] of Object.entries(mapOf(pattern).read(node, context))) {
      if (!isClassicLabelName(name)) context.problem(node, `invalid label name "${name}"`);
      if (value === undefined) context.problem(node, `invalid regexp value for "${name}"`);
      else patterns.push([name, value]);
    }
    return Object.fromEntries(patterns);
  },
};
