/** The text that templates were read from. */
export interface Source {
  /** The name that positions begin with. */
  readonly name: string;
  readonly text: string;
}

/** Where a node begins. */
export interface Placed {
  readonly source: Source;
  /** In UTF-16 units from the start of the source. */
  readonly at: number;
}

/** What a command is made of. */
export type Operand = Field | Chain | Identifier | Variable | Dot | Nil | Bool | NumberConstant | StringConstant | Pipe;

/** `.Labels.severity` */
export interface Field extends Placed {
  readonly kind: "field";
  readonly names: readonly string[];
}

/** `(…).Name` or `function.Name` */
export interface Chain extends Placed {
  readonly kind: "chain";
  readonly node: Operand;
  readonly names: readonly string[];
}

/** The name of a function. */
export interface Identifier extends Placed {
  readonly kind: "identifier";
  readonly name: string;
}

/** `$x` with the fields behind it. */
export interface Variable extends Placed {
  readonly kind: "variable";
  readonly name: string;
  readonly names: readonly string[];
}

/** `.` */
export interface Dot extends Placed {
  readonly kind: "dot";
}

/** `nil` */
export interface Nil extends Placed {
  readonly kind: "nil";
}

/** `true` or `false` */
export interface Bool extends Placed {
  readonly kind: "bool";
  readonly value: boolean;
}

/** A number, as each of the types that can hold it. */
export interface NumberConstant extends Placed {
  readonly kind: "number";
  readonly int: bigint | undefined;
  readonly float: number | undefined;
  /** What it is where any type will do: a float if it was written like one, else an `int`, unless it is too large for that. */
  readonly ideal: bigint | number | undefined;
  readonly text: string;
}

/** A text, as it was written and as it reads. */
export interface StringConstant extends Placed {
  readonly kind: "string";
  readonly quoted: string;
  readonly text: string;
}

/** One command of a pipeline. */
export interface Command extends Placed {
  readonly kind: "command";
  readonly args: readonly [Operand, ...Operand[]];
}

/** Commands that hand their values on, and the variables that get the last one. */
export interface Pipe extends Placed {
  readonly kind: "pipe";
  readonly line: number;
  readonly isAssignment: boolean;
  readonly variables: readonly Variable[];
  readonly commands: readonly Command[];
}

/** Text that is written as it is. */
export interface Text extends Placed {
  readonly kind: "text";
  readonly text: string;
}

/** A pipeline whose value is written. */
export interface Action extends Placed {
  readonly kind: "action";
  readonly line: number;
  readonly pipe: Pipe;
}

/** `{{if}}`, `{{with}}` or `{{range}}`, with what is done else. */
export interface Branch extends Placed {
  readonly kind: "if" | "with" | "range";
  readonly line: number;
  readonly pipe: Pipe;
  readonly body: Body;
  readonly otherwise: Body | undefined;
}

/** `{{template "name" pipeline}}` */
export interface TemplateCall extends Placed {
  readonly kind: "template";
  readonly line: number;
  readonly name: string;
  readonly pipe: Pipe | undefined;
}

/** `{{break}}` or `{{continue}}` */
export interface Jump extends Placed {
  readonly kind: "break" | "continue";
  readonly line: number;
}

/** What a template consists of. */
export type Node = Text | Action | Branch | TemplateCall | Jump;

/** Nodes that are executed one after the other. */
export interface Body extends Placed {
  readonly kind: "body";
  readonly nodes: readonly Node[];
}

/** Templates by their names. */
export type Templates = ReadonlyMap<string, Body>;
