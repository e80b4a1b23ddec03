import { func1, func2, int, text } from "../func.ts";
import { safeContent } from "../html/content.ts";
import { durationOf } from "../time/duration.ts";
import { timeOf } from "../time/layout.ts";
import { dict, type Func, list, stringsType, type Value } from "../value.ts";

const ints = { name: "[]int", element: "int" };
const intDict = { name: "map[string]int", zero: 0n };

/** What the templates of `go-answers.json` are executed with, as in `go-answers.go`. */
export const answerData: Value = dict(
  Object.entries<Value>({
    T: true,
    F: false,
    C: "<Cincinnati>",
    G: "<Goodbye>",
    H: "<Hello>",
    A: list(["<a>", "<b>"], stringsType),
    E: list([], stringsType),
    N: 42n,
    U: null,
    W: safeContent("HTML", `&iexcl;<b class="foo">Hello</b>, <textarea>O'World</textarea>!`),
    I: ["$", "{ asd `` }"].join(""),
    X: "x",
    I16: 7n,
    SI: list([3n, 4n, 5n], ints),
    MSI: dict(Object.entries({ one: 1n, two: 2n }), intDict),
    Dur: durationOf(90_000_000_000n),
    Y: dict([["Z", "z"]]),
    Float: 1.5,
    URL: safeContent("URL", "javascript:x()"),
    When: timeOf(BigInt(Date.UTC(2024, 1, 3, 4, 5, 6)) * 1_000_000n + 7n),
  }),
);

/** The functions that they may call. */
export const answerFunctions: ReadonlyMap<string, Func> = new Map([
  ["add", func2(int, int, (a, b) => a + b)],
  ["title", func1(text, (words) => words.toUpperCase())],
]);
