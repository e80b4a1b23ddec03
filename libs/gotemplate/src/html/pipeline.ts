// After ensurePipelineContains of html/template/escape.go of Go 1.26.
import type { Command, Identifier, Operand, Pipe } from "../parse/node.ts";

/** The functions that Go's templates had before they escaped by themselves. They are allowed at the end of a pipeline. */
export const predefined: ReadonlySet<string> = new Set(["html", "urlquery"]);

/** Which of the escaping functions do what a predefined one does. */
const equivalents: Readonly<Record<string, string>> = {
  _html_template_attrescaper: "html",
  _html_template_htmlescaper: "html",
  _html_template_rcdataescaper: "html",
  _html_template_urlescaper: "urlquery",
  // They are not the same, but `urlquery` escapes more.
  _html_template_urlnormalizer: "urlquery",
};

function normal(name: string): string {
  return equivalents[name] ?? name;
}

/** Behind the first function the second one changes nothing. */
const redundant: Readonly<Record<string, readonly string[]>> = {
  _html_template_commentescaper: ["_html_template_attrescaper", "_html_template_htmlescaper"],
  _html_template_cssescaper: ["_html_template_attrescaper"],
  _html_template_jsregexpescaper: ["_html_template_attrescaper"],
  _html_template_jsstrescaper: ["_html_template_attrescaper"],
  _html_template_jstmpllitescaper: ["_html_template_attrescaper"],
  _html_template_urlescaper: ["_html_template_urlnormalizer"],
};

/** The name of the function that a command calls. */
export function functionName({ args: [first] }: Command): string | undefined {
  return first.kind === "identifier" ? first.name : undefined;
}

/** A pipeline that ends with escaping functions. A predefined one at its end takes the place of the one that does the same. */
export function withEscapers(pipe: Pipe, escapers: readonly string[]): Pipe {
  if (escapers.length === 0) return pipe;
  const identifier = (name: string): Identifier => ({ kind: "identifier", source: pipe.source, at: pipe.at, name });
  const command = (name: string): Command => ({
    ...{ kind: "command", source: pipe.source, at: pipe.at },
    args: [identifier(name)],
  });
  const { commands, names } = withoutLast(pipe, escapers, identifier);
  const there = new Set(commands.map((each) => normal(functionName(each) ?? "")));
  for (const name of names) {
    const last = commands.at(-1);
    const before = last === undefined ? undefined : functionName(last);
    if (there.has(normal(name)) || redundant[before ?? ""]?.includes(name)) continue;
    commands.push(command(name));
  }
  return { ...pipe, commands };
}

interface Merged {
  readonly commands: Command[];
  readonly names: readonly string[];
}

/** What is left of the pipeline where its last command is a predefined function, which then is among the names. */
function withoutLast(pipe: Pipe, escapers: readonly string[], identifier: (name: string) => Identifier): Merged {
  const commands = [...pipe.commands];
  const last = commands.at(-1);
  const name = last === undefined ? undefined : functionName(last);
  if (last === undefined || name === undefined || !predefined.has(name)) return { commands, names: escapers };
  if (commands.length === 1 && last.args.length > 1) {
    // {{html a b}} is {{_eval_args_ a b | html}}.
    const rest: Operand[] = last.args.slice(1);
    commands[0] = { ...last, args: [identifier("_eval_args_"), ...rest] };
    commands.push({ ...last, args: [identifier(name)] });
  }
  if (!escapers.some((escaper) => normal(escaper) === name)) return { commands, names: escapers };
  commands.pop();
  return { commands, names: escapers.map((escaper) => (normal(escaper) === name ? name : escaper)) };
}
