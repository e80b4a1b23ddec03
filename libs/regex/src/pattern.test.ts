import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { RE2JS } from "re2js";
import { expand } from "./expand.ts";
import { globsOf } from "./globs.ts";
import { compilePattern } from "./pattern.ts";

describe("an anchored pattern", () => {
  const cases: [source: string, matching: string[], others: string[]][] = [
    ["", [""], ["a"]],
    ["api", ["api"], ["apis", "xapi", "", "API"]],
    ["api|web", ["api", "web"], ["apiweb", "api|web", ""]],
    ["a|", ["a", ""], ["|", "b"]],
    ["us-(east|west)-[12]", ["us-east-1"], ["us-east-3", "east"]],
    ["us-(east|west)-1", ["us-east-1", "us-west-1"], ["us-1", "us-east-11"]],
    ["10\\.0\\..*", ["10.0.1", "10.0."], ["10x0.1", "10.0"]],
    [".*", ["", "a\nb", "💥"], []],
    [".+", ["a", "\n"], [""]],
    [".+.+", ["ab", "💥a"], ["a", "💥"]],
    [".*rror", ["error", "rror"], ["errors"]],
    ["a.*b.+c", ["abxc", "a\nb\nbc"], ["abc", "ab", "xabxc"]],
    ["5..", ["500", "5\nx"], ["50", "5000"]],
    ["(?i)get", ["GET", "get"], ["gets"]],
    ["^a$", ["a"], ["ab"]],
    ["a{2}", ["aa"], ["a", "a{2}"]],
    ["ä.*", ["äh"], ["a"]],
  ];
  for (const [source, matching, others] of cases) {
    it(JSON.stringify(source), () => {
      const pattern = compilePattern(source, { anchored: true });
      for (const text of matching) assert.ok(pattern.matches(text), `matches ${JSON.stringify(text)}`);
      for (const text of others) assert.ok(!pattern.matches(text), `does not match ${JSON.stringify(text)}`);
    });
  }

  it("says which texts it stands for, and how they begin", () => {
    assert.deepEqual(compilePattern("x(a|b)", { anchored: true }).texts, new Set(["xa", "xb"]));
    assert.equal(compilePattern("x(a|b)", { anchored: true }).prefix, "x");
    assert.equal(compilePattern("http_.*", { anchored: true }).prefix, "http_");
    assert.equal(compilePattern("http_.*", { anchored: true }).texts, null);
    assert.equal(compilePattern("(?i)a", { anchored: true }).prefix, "");
  });

  it("matches what the automaton matches, where it goes without one", () => {
    const pieces = ["a", "b", "|", "(", ")", ".*", ".+", "(?:", "\\.", ".", "x"];
    const texts = ["", "a", "b", "ab", "ba", "x", "axb", "a.b", "..", "xx", "abab", "aab", "bxa", "\n"];
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (seed >>> 8) % below;
    };
    let compared = 0;
    for (let round = 0; round < 3_000; round++) {
      const source = Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join("");
      if (globsOf(source) === null) continue;
      const automaton = RE2JS.compile(`^(?s:${source})$`);
      const pattern = compilePattern(source, { anchored: true });
      for (const text of texts) assert.equal(pattern.matches(text), automaton.test(text), `${source} on ${text}`);
      compared++;
    }
    assert.ok(compared > 500, `${compared} were compared`);
  });
});

describe("a pattern that is not anchored", () => {
  it("is found anywhere", () => {
    assert.ok(compilePattern("b", { anchored: false }).matches("abc"));
    assert.ok(compilePattern("x|b", { anchored: false }).matches("abc"));
    assert.ok(!compilePattern("^b", { anchored: false }).matches("abc"));
    assert.ok(!compilePattern("a.b", { anchored: false }).matches("a\nb"));
  });

  it("gives its groups and their names", () => {
    const pattern = compilePattern("(?P<method>[A-Z]+) (\\d+)?", { anchored: false });
    assert.deepEqual(pattern.match("- GET /"), { start: 2, end: 6, groups: ["GET ", "GET", null] });
    assert.equal(pattern.groupNames.get("method"), 1);
    assert.equal(pattern.match("nothing"), null);
    assert.deepEqual(
      compilePattern("o", { anchored: false })
        .matchAll("foo")
        .map(({ start }) => start),
      [1, 2],
    );
  });
});

it("fills a template in as Go does", () => {
  const pattern = compilePattern("(?P<a>x)(y)?", { anchored: false });
  const match = pattern.match("x");
  assert.ok(match);
  const f = (template: string) => expand(template, match, pattern.groupNames);
  const braced = (name: string) => `$\{${name}}`;
  assert.equal(f(`$1-${braced("1")}a-$1a-$a-${braced("a")}-$2-$9-$$-$`), "x-xa--x-x---$-$");
});

describe("a wrong pattern", () => {
  for (const source of ["(", "a)(b", "[", "*", "a**", "\\8", "(?=a)", "(?<=a)b", "\\"]) {
    it(JSON.stringify(source), () => {
      const compile = () => compilePattern(source, { anchored: true });
      assert.throws(
        compile,
        (thrown) => thrown instanceof AppError && thrown.message.startsWith("error parsing regexp: "),
      );
    });
  }
});

it("no pattern takes more than linear time", () => {
  const pattern = compilePattern("(a*)*(b|a*)*c", { anchored: true });
  const started = process.cpuUsage();
  assert.ok(!pattern.matches("a".repeat(50_000)));
  assert.ok(process.cpuUsage(started).user < 5e6);
});

describe("a long pattern", () => {
  const problemOf = (source: string): string | null => {
    for (const anchored of [true, false]) {
      try {
        compilePattern(source, { anchored }).matches("aaa");
      } catch (thrown) {
        assert.ok(
          thrown instanceof AppError && thrown.code === "invalid_argument",
          `${source.slice(0, 20)}…: ${thrown}`,
        );
        return thrown.message;
      }
    }
    return null;
  };

  it("nests and repeats no more than can be read", () => {
    const nested = (depth: number) => `${"(".repeat(depth)}a${")".repeat(depth)}`;
    assert.equal(problemOf(nested(1000)), null);
    assert.equal(problemOf("(a)".repeat(2000)), null);
    for (const depth of [1001, 5000, 100_000]) {
      assert.match(problemOf(nested(depth)) ?? "", /^error parsing regexp: expression nests too deeply: `\(\(/);
    }
    assert.match(problemOf("(?:".repeat(1001)) ?? "", /nests too deeply/);
    assert.equal(problemOf("a*".repeat(10_000)), null);
    assert.match(problemOf("a*".repeat(10_001)) ?? "", /^error parsing regexp: expression too large: `a\*/);
    const signs = `${"\\(".repeat(1500)}${"[*+(]".repeat(12_000)}\\Q${"(+".repeat(12_000)}\\E[]*]${"[^](]".repeat(1001)}`;
    assert.equal(problemOf(signs), null);
  });

  it("is shown by an error as far as anybody reads", () => {
    const shown = (text: string) => `: \`${text.slice(0, 1000)}…\``;
    for (const source of ["a*".repeat(10_001), `a(${"b".repeat(2000)}`, `${"$&".repeat(1000)})`]) {
      const problem = problemOf(source) ?? "";
      assert.ok(problem.endsWith(shown(source)), problem.slice(0, 100));
      assert.ok(problem.length < 1100);
    }
  });
});
