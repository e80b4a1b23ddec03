// After text/template/exec.go of Go 1.26.
import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import type { Budget } from "../budget.ts";
import type { Value } from "../value.ts";
import type { Environment } from "./state.ts";
import { compiled } from "./walk.ts";

/** What is executed, and what with. */
export interface Execution {
  /** The name of the template that is the whole. */
  readonly name: string;
  readonly data: Value;
  readonly budget: Budget;
}

/**
 * Executes a template with data. Throws invalid_argument with Go's message where it cannot go on, resource_exhausted where it comes to a
 * limit of its environment or its budget.
 */
export function executeTemplate(environment: Environment, { name, data, budget }: Execution): string {
  const body = environment.templates.get(name);
  if (body === undefined) throw invalid(`template: no template ${quote(name)} associated with template ""`);
  const output = { text: "" };
  const variables = [{ name: "$", value: data }];
  compiled(body)({ environment, budget, template: name, output, variables, node: undefined }, data);
  // A text that was cut within a character has halves of it, which no reader can read.
  return output.text.toWellFormed();
}
