import type { AppError } from "@sightline/errors/app-error";
import type { Question, Vector } from "@sightline/rules/evaluate/queries";
import type { RuleQueries } from "../rule-queries.ts";

/** Answers what a test says. */
export interface FakeQueries extends RuleQueries {
  /** Every question, as `text@time`. */
  readonly asked: string[];
  /** From now on an expression comes to this; nothing unless said. */
  answer(text: string, answer: Vector | AppError): void;
  /** Everything fails from now on, or nothing. */
  fail(error: AppError | undefined): void;
}

export function createFakeQueries(): FakeQueries {
  const answers = new Map<string, Vector | AppError>();
  const asked: string[] = [];
  let failure: AppError | undefined;
  return {
    asked,
    answer: (text, answer) => void answers.set(text, answer),
    fail(error) {
      failure = error;
    },
    async instant(_tenant: string, { text, atMs }: Question): Promise<Vector> {
      asked.push(`${text}@${atMs}`);
      const answer = failure ?? answers.get(text) ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}
