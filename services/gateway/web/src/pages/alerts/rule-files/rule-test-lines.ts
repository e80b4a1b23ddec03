import type { RuleTest } from "../../../api/rule-files.ts";

export interface TestLine {
  readonly text: string;
  readonly state: "well" | "bad" | "plain";
}

/** What is shown of a test: who would be told, or what each of them answered. */
export function testLines({ routing, recipients, channels, told }: RuleTest): readonly TestLine[] {
  if (told.length > 0) return told.flatMap(toldLines);
  return [
    ...(routing === null || routing.sentence === "" ? [] : [plain(routing.sentence)]),
    ...recipients.map(({ recipient, receiver, integrations }): TestLine => {
      if (receiver === "") return { text: `${recipient}: nobody can tell them`, state: "bad" };
      return plain(`${recipient} would be told by ${integrations.join(", ")}, as the rule says.`);
    }),
    ...channels.map((channel) => plain(`The channel ${channel} would be told, as the rule says.`)),
  ];
}

function plain(text: string): TestLine {
  return { text, state: "plain" };
}

function toldLines({ receiver, resolved, integrations, problem }: RuleTest["told"][number]): readonly TestLine[] {
  const about = resolved ? `${receiver}, that it is over` : receiver;
  if (problem !== "") return [{ text: `${about}: ${problem}`, state: "bad" }];
  if (integrations.length === 0 && !resolved) return [plain(`${about} tells nobody.`)];
  return integrations.map(({ integration, delivered, sentence }) => {
    // A test calls nobody who is on call.
    const isLeftOut = integration.startsWith("escalation[");
    return { text: `${about}: ${sentence}`, state: delivered ? "well" : isLeftOut ? "plain" : "bad" };
  });
}
