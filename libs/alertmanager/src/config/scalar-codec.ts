import { AppError } from "@sightline/errors/app-error";
import { type Codec, type ReadContext, wrongType } from "./codec.ts";
import { resolveScalar } from "./scalar.ts";
import type { YamlNode, YamlScalar } from "./yaml-tree.ts";

/** What is written as a single value, made by `parse` of its text; what `parse` throws is told with its place. */
export function scalarCodec<T>(options: {
  readonly initial: T;
  readonly empty: T;
  readonly unit?: string;
  parse(text: string, node: YamlScalar, context: ReadContext): T;
  print(value: T): unknown;
}): Codec<T> {
  const { parse, ...codec } = options;
  return {
    ...codec,
    read(node, context) {
      if (node.kind !== "scalar") {
        context.problem(node, wrongType(node, "a single value"));
        return options.empty;
      }
      const resolved = resolveScalar(node);
      const text = resolved.type === "str" ? resolved.value : node.text;
      return attempt(node, context, () => parse(text, node, context)) ?? options.empty;
    },
  };
}

/** What `parse` makes, or undefined after telling what it says against it: it throws invalid_argument. */
export function attempt<T>(node: YamlNode, context: ReadContext, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "invalid_argument") throw thrown;
    context.problem(node, thrown.message);
    return undefined;
  }
}
