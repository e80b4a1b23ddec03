/** A template, taken apart. Positions are of characters in its source. */
export type TemplateNode =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "action"; readonly pipe: Pipe }
  | {
      readonly type: "if" | "with" | "range";
      readonly pipe: Pipe;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  | { readonly type: "break" | "continue" };

/** `$x := a | b | c`: the last of the commands gives the value, each of the others the last argument of the next. */
export interface Pipe {
  readonly variables: readonly string[];
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
  readonly position: number;
}

/** A function with its arguments, or one operand alone. */
export interface Command {
  readonly operands: readonly [Operand, ...Operand[]];
  readonly position: number;
}

/** What stands as an argument; `fields` are those taken from it: `.a.b`, `$x.a`, `(f .a).b`. */
export type Operand =
  | { readonly type: "value"; readonly value: string | bigint | number | boolean | null; readonly position: number }
  | { readonly type: "dot"; readonly fields: readonly string[]; readonly position: number }
  | { readonly type: "variable"; readonly name: string; readonly fields: readonly string[]; readonly position: number }
  | { readonly type: "function"; readonly name: string; readonly position: number }
  | { readonly type: "pipe"; readonly pipe: Pipe; readonly fields: readonly string[]; readonly position: number };
