import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { parseTraceQl } from "./traceql.ts";

test("prints back what it read, in one spelling", () => {
  const f = (source: string, want = source) => {
    assert.equal(parseTraceQl(source).text, want, source);
    assert.equal(parseTraceQl(want).text, want);
  };

  // Spans by their fields.
  f("{}", "{ true }");
  f(
    "{span.http.method=`GET`&&resource.service.name!=`shop`}",
    '{ span.http.method = "GET" && resource.service.name != "shop" }',
  );
  f('{ event.exception.type =~ "java.*" || link.kind = "follows" || instrumentation.team = "a" }');
  f('{ .foo = 5 && parent.foo > .foo && parent.span.foo = 1 && parent.resource.foo = 2 && parent."span.foo" = 3 }');
  f('{ span."http path".x = 1 && span.a"b c"d = 2 }', '{ span."http path.x" = 1 && span."ab cd" = 2 }');
  f('{ span."say \\"hi\\" \\\\" = true && ."5" = false && .span.x = 1 && .parent.x = 1 }');
  f("{ .a+b/c*d = 1 }");
  f("{ .a-b != nil && nil = .c && nil != .d }", "{ .a-b != nil && .c = nil && .d != nil }");
  f("{ nil = nil || nil != nil }", "{ false || false }");

  // Intrinsics by one name each.
  f('{ name = "a" && duration > 5ms && status = error && statusMessage = "" && kind = server && parent = nil }');
  f('{ rootName = "a" && rootServiceName = "b" && traceDuration > 2h && nestedSetParent < 0 && nestedSetLeft < 3 }');
  f(
    '{ span:name = "a" && span:duration > 1s && trace:duration > 1s }',
    '{ name = "a" && duration > 1s && traceDuration > 1s }',
  );
  f("{ trace:rootName = .a && trace:rootService = .b }", "{ rootName = .a && rootServiceName = .b }");
  f(
    "{ span:status = ok && span:kind = client && childCount > 2 }",
    "{ status = ok && kind = client && span:childCount > 2 }",
  );
  f('{ trace:id = "0a" && span:id = "0b" && span:parentID = "0c" && link:traceID = "0d" && link:spanID = "0e" }');
  f('{ event:name = "exception" && event:timeSinceStart > 2s && instrumentation:name = "n" }');
  f("{ kind = unspecified || kind = internal || kind = producer || kind = consumer || status = unset }");
  f(
    '{ cidr(span.client.address, "10.0.0.0/8", `2001:db8::/32`) }',
    '{ cidr(span.client.address, "10.0.0.0/8", "2001:db8::/32") }',
  );

  // && and || bind alike, as in Tempo; ! and - reach over products, and end before sums and comparisons.
  f("{ .a || .b && .c }");
  f("{ .a || (.b && .c) }");
  f("{ !.a = .b }");
  f("{ !(.a = .b) && !(!.c) }");
  f("{ -.a * .b > -(.a + 1) && (-.a) * 2 > 1 && -.a - 1 < 2 }");
  f("{ .a + .b * .c ^ 2 ^ .d > 1 && (.a + .b) * .c > 1 && (.a ^ 2) ^ 3 = 1 && .a - (.b - .c) = 0 }");
  f("{ (.a = .b) = true && .a = (.b = .c) }", "{ .a = .b = true && .a = (.b = .c) }");

  // Values.
  f("{ .a = 1.0 || .a = 2.5e3 || .a = 1e21 || .a = .5 }", "{ .a = 1.0 || .a = 2500.0 || .a = 1e+21 || .a = 0.5 }");
  f("{ .a = maxInt || .a = minInt || .a = 007 }", "{ .a = 9223372036854775807 || .a = minInt || .a = 7 }");
  f(
    "{ duration > 1h30m || duration > 1.5s || duration > 2d || duration > 100us }",
    "{ duration > 90m || duration > 1500ms || duration > 48h || duration > 100us }",
  );
  f(
    "{ duration > 100µs || duration = 0s || duration > 1w1d || duration > 5ns }",
    "{ duration > 100us || duration = 0s || duration > 192h || duration > 5ns }",
  );
  f('{ .a = "tab\\tnew\\nquote\\"\\x41\\u00e9\\U0001F600\\101" }', '{ .a = "tab\\tnew\\nquote\\"Aé😀A" }');
  f('{ .a = `raw \\ "string"` }', '{ .a = "raw \\\\ \\"string\\"" }');
  f("{ .a = 1 } // so it is\n | /* or\n not */ count() > 1", "{ .a = 1 } | count() > 1");

  // Spansets.
  f("{ .a } >> { .b } && { .c } || { .d }");
  f("{ .a } > { .b } < { .c } << { .d } ~ { .e }");
  f("{ .a } && ({ .b } || { .c })");
  f("{.a}!>{.b}!<{.c}!>>{.d}!<<{.e}!~{.f}", "{ .a } !> { .b } !< { .c } !>> { .d } !<< { .e } !~ { .f }");
  f("{.a}&>{.b}&<{.c}&>>{.d}&<<{.e}&~{.f}", "{ .a } &> { .b } &< { .c } &>> { .d } &<< { .e } &~ { .f }");
  f("(({ .a })) >> ({ .b } | count() > 1)", "{ .a } >> ({ .b } | count() > 1)");

  // Pipelines.
  f("{ .a } | by(span.x) | count() > 2 | coalesce() | select(span.y, name) | { .z }");
  f("{ .a } | min(duration) > 1s | max(.x) < 5 | avg(.x + 1) = 2.5 | sum(.x) != -3");
  f("{ .a } | avg(.x) > max(.x) / 2 - count() ^ 2");
  f("({ .a } | count()) * 2 >= ({ .b } | count())");
  f("count() = 1 | { true }");
  f("by(.a) | select(.b)");

  // Metrics.
  f("{} | rate()", "{ true } | rate()");
  f("{ .a } >> { .b } | count_over_time() by (name, resource.service.name)");
  f("{ .a } | min_over_time(duration) by (span.x)");
  f("{ .a } | max_over_time(.x)");
  f("{ .a } | avg_over_time(.x)");
  f("{ .a } | sum_over_time(.x)");
  f("{ .a } | histogram_over_time(duration) by (kind)");
  f(
    "{ .a } | quantile_over_time(duration, 0.5, .99, 1) by (kind)",
    "{ .a } | quantile_over_time(duration, 0.5, 0.99, 1) by (kind)",
  );
  f("{ .a } | compare({status=error})", "{ .a } | compare({ status = error }, 10)");
  f("{ .a } | compare({ status = error }, 5, 1700000000000000000, 1700000060000000000)");
  f("{ .a } | rate() by (name) | topk(10) | bottomk(3) > 5.0 <= 10.0");
  f("{ .a } | quantile_over_time(duration, 0.9) > 1.5s", "{ .a } | quantile_over_time(duration, 0.9) > 1.5");
  f(
    "({status=error}|rate()) / ({}|rate()) * 100 > 5",
    "({ status = error } | rate()) / ({ true } | rate()) * 100.0 > 5.0",
  );
  f(
    "(({} | rate()) + ({} | rate() > 2)) / 2 | topk(3)",
    "(({ true } | rate()) + ({ true } | rate() > 2.0)) / 2.0 | topk(3)",
  );
  f("({ .a } | rate())", "{ .a } | rate()");
  f(
    "{ .a } | rate() with (sample=0.1, exemplars=true, name=`x`) with (most_recent=true)",
    '{ .a } | rate() with (sample=0.1, exemplars=true, name="x", most_recent=true)',
  );
});

test("says where it is wrong and what was wanted", () => {
  const f = (source: string, want: string) =>
    assert.throws(
      () => parseTraceQl(source),
      (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, "invalid_argument");
        assert.equal(error.message, `cannot read TraceQL: at line 1, col ${want}`, source);
        return true;
      },
      source,
    );
  const wantField =
    "want a value, an intrinsic, or an attribute such as span.http.method, resource.service.name or .foo";
  f("", "1 got the end, want spans in { }, ( or a function of a pipeline");
  f("true", "1 got true, want spans in { }, ( or a function of a pipeline");
  f("{ foo = 1 }", `3 got foo, ${wantField}`);
  f("{ .a == 1 }", `7 got =, ${wantField}`);
  f("{ .a > }", `8 got }, ${wantField}`);
  f("{ .a > 3", "9 got the end, want an operator or }");
  f("{ (.a > 3 }", "11 got }, want an operator or )");
  f("{ . }", "4 got nothing after ., want the attribute's name");
  f("{ span. }", "8 got nothing after span., want the attribute's name");
  f('{ span."a }', '3 got span." without its closing ", or with another escape than \\" and \\\\');
  f("{ .a = `x }", "8 got a string without its closing `");
  f('{ .a = "\\d" }', "9 got the escape \\d, want one that Go knows");
  f('{ .a = "\\ud800" }', "9 got the escape \\u, want one that Go knows");
  f("{ .a > 5dd }", "8 got 5dd, want a number, or a duration such as 5ms or 1h30m");
  f("{ .a > 5x }", "9 got x, want an operator or }");
  f("{ .a > 9223372036854775808 }", "8 got 9223372036854775808, want an integer below 2^63");
  f("{ .a > 1e999 }", "8 got 1e999, want a number below 1.8e308");
  f("{ .a & .b }", "6 got &, want a name, a value or an operator");
  f("{ nil }", "7 got }, want = or != after nil");
  f("{ .a > nil }", "12 got }, want = or != after nil");
  f("{ trace:name = 1 }", "3 got trace:name, want trace:duration, trace:rootName, trace:rootService, trace:id");
  f(
    "{ .a } + { .b }",
    "8 got + between spans and spans, want &&, || or a relation such as >> before other spans in { }",
  );
  f(
    "{ .a } =~ { .b }",
    "8 got =~ between spans and spans, want &&, || or a relation such as >> before other spans in { }",
  );
  f(
    "{ .a } && count() > 1",
    "8 got && between spans and a filter, want &&, || or a relation such as >> before other spans in { }",
  );
  f("{ .a } | count()", "10 got a number by itself, want a comparison such as count() > 1");
  f("count() | { .a }", "1 got a number by itself, want a comparison such as count() > 1");
  f("{ .a } | count > 1", "16 got >, want (");
  f("coalesce() | { .a }", "1 got coalesce, want spans in { }, ( or a function of a pipeline");
  f("{ .a } | select(1)", "17 got 1, want an attribute or an intrinsic");
  f("rate()", "1 got rate, want spans in { }, ( or a function of a pipeline");
  f("{ .a } | rate() / { .b } | rate()", "17 got /, want |, an operator, with or the end");
  f("{ .a } | rate() | count() > 1", "19 got count, want topk or bottomk");
  f("{ .a } | rate() | topk(1.5)", "24 got 1.5, want how many series");
  f("{ .a } | compare({ .b }, 5, 6)", "30 got ), want , and the selection's end");
  f("{ .a } | quantile_over_time(duration)", "37 got ), want , and a quantile");
  f(
    "({ .a } | rate()) > ({ .b } | rate())",
    "19 got > between metrics and metrics, want +, -, *, / before other metrics in ( ), or a comparison with a number",
  );
  f("{ .a } | ({ .b } | rate())", "10 got metrics in a pipeline, want spans");
  f("{ .a } with (sample)", "20 got ), want =");

  // Types.
  f("{ name }", "1 got spans filtered by a string, want true or false, such as a comparison");
  f("{ 1 + 1 }", "1 got spans filtered by an int, want true or false, such as a comparison");
  f("{ name > 5 }", "8 got a string > an int, want types that can be put together so");
  f("{ status > ok }", "10 got a status > a status, want types that can be put together so");
  f("{ duration =~ `a` }", "12 got a duration =~ a string, want types that can be put together so");
  f("{ true && 1 }", "8 got true or false && an int, want types that can be put together so");
  f("{ .a =~ .b }", "9 got something computed after =~, want a pattern in quotes");
  assert.throws(() => parseTraceQl("{ .a !~ `(` }"), /col 9 got the pattern \(, want one of RE2: .*missing closing \)/);
  f("{ -name = `a` }", "3 got - before a string, want it before a number or a duration");
  f("{ !duration }", "3 got ! before a duration, want it before true or false");
  f("{ duration = nil }", "12 got duration = nil, which never holds, want another attribute");
  f("{ resource.service.name = nil }", "25 got resource.service.name = nil, which never holds, want another attribute");
  f("{ parent }", "3 got parent by itself, want parent = nil, parent != nil, or an attribute of it");
  f("{ cidr(.a) }", "10 got ), want , and a network");
  f("{ cidr(.a, `10.0.0.0/33`) }", "3 got the network 10.0.0.0/33, want one such as 10.0.0.0/8 or 2001:db8::/32");
  f("{ cidr(kind, `10.0.0.0/8`) }", "8 got a kind, want a string attribute with an IP address");
  f("{ .a } | by(1)", "10 got by() of the same value for every span, want an attribute in it");
  f("{ .a } | max(name) > 1", "14 got an aggregate of a string, want a number or a duration");
  f("{ .a } | sum(3) > 1", "14 got an aggregate of the same value for every span, want an attribute in it");
  f("{ .a } | 3 > 1", "12 got a comparison of two numbers, want an aggregate such as count() in it");
  f("{ .a } | quantile_over_time(duration, 2)", "10 got the quantile 2, want one between 0 and 1");
  f("{ .a } | rate() by (.a, .b, .c, .d, .e, .f)", "10 got by() of 6 fields, want at most 5");
  f("{ .a } | avg_over_time(name)", "24 got a string, want a number or a duration");
  f("{ .a } | rate() | topk(0)", "19 got topk(0), want at least 1");
  f("{ .a } | compare({ .b }) | topk(3)", "28 got a second stage after compare(), want none");
  f("{ .a } | compare({ .b }, 0)", "10 got compare() of 0 values, want at least 1");
  f("{ .a } | compare({ .b }, 5, 7, 6)", "10 got the selection from 7 to 6, want its end after its start");
});

test("names the line too", () => {
  assert.throws(() => parseTraceQl("{ .a = 1 }\n| {\n  .é = x }"), /at line 3, col 8 got x, want a value/);
});

test("is bounded in length, depth and size", () => {
  const refused = (source: string, want: RegExp) => assert.throws(() => parseTraceQl(source), want);
  refused(`{ .a = "${"x".repeat(131_072)}" }`, /got 131083 characters, want at most 131072/);
  refused(`{ ${"(".repeat(101)}true${")".repeat(101)} }`, /nesting deeper than 100/);
  refused(`{ ${"!".repeat(101)}true }`, /nesting deeper than 100/);
  refused(`{ ${"-".repeat(101)}.a > 1 }`, /nesting deeper than 100/);
  refused(`{ ${".a ^ ".repeat(101)}1 = 1 }`, /nesting deeper than 100/);
  refused(`${"(".repeat(101)}{ true }${")".repeat(101)}`, /nesting deeper than 100/);
  refused(`{ ${".a || ".repeat(2001)}.a }`, /more than 4000 values and operators/);
  assert.equal(parseTraceQl(`{ ${".a || ".repeat(1998)}.a }`).query.type, "search");
});
