import { isTime, TemplateError, type TemplateValue, typeOf } from "./value.ts";

/** What a function may ask of where it is called. */
export interface FunctionContext {
  /** When the query began. */
  readonly nowNs: bigint;
}

/** What a function takes, in Go's kinds; "any" is an interface. */
export type ParameterKind = "string" | "int" | "float" | "time" | "any";

/** A function of templates. Its arguments have been checked against its parameters when it is called; it throws TemplateError. */
export interface TemplateFunction {
  readonly parameters: readonly ParameterKind[];
  /** The kind of any further arguments; without it there may be none. */
  readonly rest?: ParameterKind;
  /** How many arguments there have to be. Default: one to each parameter. */
  readonly least?: number;
  readonly call: (values: readonly TemplateValue[], context: FunctionContext) => TemplateValue;
}

/** Functions of texts: parameters are texts, or integers where the name says so. */
export function textFunction(
  parameters: readonly ("string" | "int")[],
  call: (...texts: readonly string[]) => TemplateValue,
): TemplateFunction {
  return { parameters, call: (values) => call(...values.map(String)) };
}

/** Checks the number and kinds of arguments and makes numbers of the kind that is wanted. Throws TemplateError as Go words it. */
export function checkArguments(
  name: string,
  wanted: TemplateFunction,
  values: readonly TemplateValue[],
): TemplateValue[] {
  const { parameters, rest, least = parameters.length } = wanted;
  if (values.length < least || (rest === undefined && values.length > parameters.length)) {
    const count = rest === undefined ? `${parameters.length}` : `at least ${least}`;
    throw new TemplateError(`wrong number of args for ${name}: want ${count} got ${values.length}`);
  }
  return values.map((value, index) => converted(value, parameters[index] ?? rest ?? "any"));
}

const goTypes: Readonly<Record<ParameterKind, string>> = {
  string: "string",
  int: "int",
  float: "float64",
  time: "time.Time",
  any: "interface {}",
};

function converted(value: TemplateValue, kind: ParameterKind): TemplateValue {
  if (kind === "any") return value;
  if (kind === "string" && typeof value === "string") return value;
  if (kind === "int" && typeof value === "bigint") return value;
  if (kind === "float" && (typeof value === "number" || typeof value === "bigint")) return Number(value);
  if (kind === "time" && isTime(value)) return value;
  if (value === null) throw new TemplateError(`invalid value; expected ${goTypes[kind]}`);
  throw new TemplateError(`wrong type for value; expected ${goTypes[kind]}; got ${typeOf(value)}`);
}
