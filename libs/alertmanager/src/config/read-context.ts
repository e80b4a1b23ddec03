import { AppError, invalid } from "@sightline/errors/app-error";
import { parseSource } from "@sightline/gotemplate/template";
import type { MatcherMode } from "../matcher/parse-matchers.ts";
import type { ReadContext } from "./codec.ts";
import type { ConfigLimits } from "./config-limits.ts";

export interface ReadContextOptions {
  readonly limits: ConfigLimits;
  readonly matcherMode: MatcherMode;
  readonly problem: ReadContext["problem"];
  readonly note?: ReadContext["note"];
  readonly secret?: ReadContext["secret"];
}

const ignored = () => undefined;

/** What one walk over a configuration shares: not to be used for another one. */
export function createReadContext(options: ReadContextOptions): ReadContext {
  const { limits, matcherMode, problem, note = ignored, secret = ignored } = options;
  let values = 0;
  return {
    matcherMode,
    templateFault,
    problem,
    note,
    secret,
    path: [],
    spend({ at }) {
      values++;
      if (values > limits.maxValues) {
        throw invalid(`${at.line}:${at.column}: there are more than ${limits.maxValues} values, with those of aliases`);
      }
    },
  };
}

/** Alertmanager looks at such templates without its own functions. */
function templateFault(template: string): string | undefined {
  try {
    parseSource({ name: "", text: template }, new Map());
    return undefined;
  } catch (thrown) {
    return AppError.from(thrown).message;
  }
}
