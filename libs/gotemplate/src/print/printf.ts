// After fmt/print.go of Go 1.26: how `Sprintf` reads its format.
import type { Budget } from "../budget.ts";
import { baseOf, typeName, type Value } from "../value.ts";
import { type Directive, plainDirective } from "./directive.ts";
import { printAs, printValue } from "./print.ts";

/** The widest that Go makes a value. */
const maxWidth = 1_000_000;

type Draft = { -readonly [Key in keyof Directive]: Directive[Key] };

interface State {
  readonly budget: Budget;
  readonly format: string;
  readonly args: readonly Value[];
  at: number;
  /** The argument that is next. */
  arg: number;
  isReordered: boolean;
  isGood: boolean;
  afterIndex: boolean;
  made: string;
}

/** `fmt.Sprintf`. What does not fit is told in the text: `%!d(string=a)`, `%!s(MISSING)`, `%!(EXTRA int=1)`. */
export function printf(format: string, args: readonly Value[], budget: Budget): string {
  const fresh = { at: 0, arg: 0, isReordered: false, isGood: true, afterIndex: false, made: "" };
  const state: State = { budget, format, args, ...fresh };
  while (state.at < format.length) {
    const percent = format.indexOf("%", state.at);
    const end = percent < 0 ? format.length : percent;
    state.made += format.slice(state.at, end);
    if (percent < 0) break;
    state.at = end + 1;
    const directive = readDirective(state);
    if (directive === undefined) {
      state.made += "%!(NOVERB)";
      break;
    }
    budget.spend((directive.width ?? 0) + (directive.precision ?? 0) + 1);
    state.made += printNext(state, directive, budget);
  }
  if (!state.isReordered && state.arg < args.length) state.made += extra(args.slice(state.arg), budget);
  return state.made;
}

function extra(args: readonly Value[], budget: Budget): string {
  const shown = args.map((arg) => (arg === null ? "<nil>" : `${typeName(arg)}=${printValue(arg, budget)}`));
  return `%!(EXTRA ${shown.join(", ")})`;
}

/** Reads what stands behind a `%`; undefined where the format ends before its verb. */
function readDirective(state: State): Directive | undefined {
  const draft: Draft = { ...plainDirective };
  state.isGood = true;
  state.afterIndex = false;
  readFlags(state, draft);
  readIndex(state);
  readWidth(state, draft);
  readPrecision(state, draft);
  if (!state.afterIndex) readIndex(state);
  const code = state.format.codePointAt(state.at);
  if (code === undefined) return undefined;
  draft.verb = String.fromCodePoint(code);
  state.at += draft.verb.length;
  if (draft.verb === "v") {
    draft.sharpV = draft.sharp;
    draft.plusV = draft.plus;
    draft.sharp = false;
    draft.plus = false;
  }
  return draft;
}

function readFlags(state: State, draft: Draft): void {
  for (; ; state.at++) {
    const flag = state.format[state.at];
    if (flag === "#") draft.sharp = true;
    else if (flag === "0") draft.zero = true;
    else if (flag === "+") draft.plus = true;
    else if (flag === "-") draft.minus = true;
    else if (flag === " ") draft.space = true;
    else return;
  }
}

/** `[2]`: which argument is next. */
function readIndex(state: State): void {
  state.afterIndex = false;
  if (state.format[state.at] !== "[") return;
  state.isReordered = true;
  const end = state.format.indexOf("]", state.at);
  state.budget.spend(end < 0 ? state.format.length - state.at : end - state.at);
  const isClosed = end >= 0 && state.format.length - state.at >= 3;
  const inner = state.format.slice(state.at + 1, end);
  const index = isClosed && /^\d{1,7}$/.test(inner) ? Number(inner) - 1 : undefined;
  state.at = isClosed ? end + 1 : state.at + 1;
  state.afterIndex = index !== undefined;
  if (index !== undefined && index >= 0 && index < state.args.length) state.arg = index;
  else state.isGood = false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function readNumber(state: State): number | undefined {
  let end = state.at;
  while (isDigit(state.format.charCodeAt(end))) end++;
  const text = state.format.slice(state.at, end);
  if (text === "") return undefined;
  const number = Number(text);
  // A number that is too large ends the format, as in Go.
  const isTooLong = Math.floor(number / 10) > maxWidth;
  state.at = isTooLong ? state.format.length : state.at + text.length;
  return isTooLong ? undefined : number;
}

/** A width or precision that an argument gives; undefined where it gives none. */
function numberOfArgument(state: State): number | undefined {
  if (state.arg >= state.args.length) return undefined;
  const value = baseOf(state.args[state.arg++] ?? null);
  if (typeof value !== "bigint" || value > BigInt(maxWidth) || value < -BigInt(maxWidth)) return undefined;
  return Number(value);
}

function readWidth(state: State, draft: Draft): void {
  if (state.format[state.at] !== "*") {
    draft.width = readNumber(state);
    if (state.afterIndex && draft.width !== undefined) state.isGood = false;
    return;
  }
  state.at++;
  const width = numberOfArgument(state);
  if (width === undefined) state.made += "%!(BADWIDTH)";
  if (width !== undefined && width < 0) {
    draft.minus = true;
    draft.zero = false;
  }
  draft.width = width === undefined ? undefined : Math.abs(width);
  state.afterIndex = false;
}

function readPrecision(state: State, draft: Draft): void {
  if (state.format[state.at] !== "." || state.at + 1 >= state.format.length) return;
  state.at++;
  if (state.afterIndex) state.isGood = false;
  readIndex(state);
  if (state.format[state.at] !== "*") {
    draft.precision = readNumber(state) ?? 0;
    return;
  }
  state.at++;
  const precision = numberOfArgument(state);
  draft.precision = precision !== undefined && precision >= 0 ? precision : undefined;
  if (draft.precision === undefined) state.made += "%!(BADPREC)";
  state.afterIndex = false;
}

function printNext(state: State, directive: Directive, budget: Budget): string {
  const { verb } = directive;
  if (verb === "%") return "%";
  if (!state.isGood) return `%!${verb}(BADINDEX)`;
  if (state.arg >= state.args.length) return `%!${verb}(MISSING)`;
  const value = state.args[state.arg++] ?? null;
  return printAs(value, directive, budget);
}
