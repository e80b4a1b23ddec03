import type { InhibitRule } from "../inhibit/inhibitor.ts";
import { createMatcher, type Matcher } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import { type Codec, list, struct, type ValueOf } from "./codec.ts";
import { isLabelName } from "./label-name.ts";
import { match, matchRe } from "./match-codecs.ts";
import { matchers, text } from "./values.ts";

const fields = struct("inhibit_rules", {
  name: text(),
  sourceMatch: match,
  sourceMatchRe: matchRe,
  sourceMatchers: matchers,
  targetMatch: match,
  targetMatchRe: matchRe,
  targetMatchers: matchers,
  equal: list(text()),
});

/** A rule of inhibition as it is written. */
export type InhibitRuleConfig = ValueOf<typeof fields>;

/** A rule of inhibition. */
export const inhibitCodec: Codec<InhibitRuleConfig> = {
  ...fields,
  read(node, context) {
    const rule = fields.read(node, context);
    for (const name of rule.equal) {
      if (!isLabelName(name, context.matcherMode)) {
        context.problem(node, `invalid label name "${name}" in equal list`);
      }
    }
    return rule;
  },
};

/** The rule as the inhibitor takes it: conditions of the old form and of the new one are one list. */
export function inhibitRuleOf(config: InhibitRuleConfig): InhibitRule {
  return {
    name: config.name,
    sourceMatchers: [...matchersOf(config.sourceMatch, config.sourceMatchRe), ...config.sourceMatchers],
    targetMatchers: [...matchersOf(config.targetMatch, config.targetMatchRe), ...config.targetMatchers],
    equal: config.equal,
  };
}

function matchersOf(values: Labels, patterns: Labels): Matcher[] {
  return [
    ...Object.entries(values).map(([name, value]) => createMatcher({ name, operator: "=", value })),
    ...Object.entries(patterns).map(([name, value]) => createMatcher({ name, operator: "=~", value })),
  ];
}
