import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import { readQuery } from "./engine.ts";
import { format } from "./format.ts";

const pieces =
  "up sum ( ) { } [ ] , + - * / % ^ == != > < >= <= =~ !~ = </ >/ and or unless atan2 bool on ignoring group_left group_right by without offset @ start() end() step() range() min_of( 5m 1h30m 1 0.5 1e3 0x1f Inf NaN \"a\" 'b' `c` job rate abs topk( quantile( label_replace( histogram_quantile( [5m] [1h:5m] [5m:] fill( anchored smoothed # \n \\ é 💥 \u0000 :".split(
    " ",
  );

const seeds = [
  'sum by (job) (rate(http_requests_total{job=~"a|b", code!="200"}[5m] offset 1h)) / on (job) group_left (x) sum(up) by (job) > 0.5',
  "histogram_quantile(0.9, sum without (instance) (rate(x_bucket[1m]))) and on() vector(1) or -time() ^ 2",
  "max_over_time(deriv(foo[step() * 2])[1h:30s] @ end() offset (1m - 5s)) + fill_left(0) fill_right(-1) bar",
];

function randomQuery(random: Random): string {
  if (random.below(3) === 0) {
    return Array.from({ length: 1 + random.below(14) }, () => pieces[random.below(pieces.length)]).join(
      random.below(4) === 0 ? "" : " ",
    );
  }
  let text = seeds[random.below(seeds.length)] ?? "";
  for (let change = random.below(4); change >= 0; change--) {
    const at = random.below(text.length + 1);
    const piece = pieces[random.below(pieces.length)] ?? "";
    text = text.slice(0, at) + (random.below(2) === 0 ? piece : "") + text.slice(at + random.below(5));
  }
  return text;
}

test("no text makes the parser fail but in its own words, and what it reads it prints", () => {
  const cases = fuzzCases(20_000);
  const random = fuzzRandom(1);
  let read = 0;
  for (let i = 0; i < cases; i++) {
    const text = randomQuery(random);
    const printed = printedOf(text);
    if (printed === null) continue;
    read++;
    assert.equal(printedOf(printed), printed, `case ${i}: ${JSON.stringify(text)}`);
  }
  assert.ok(read > cases / 50, `${read} of ${cases} were right`);
});

function printedOf(text: string): string | null {
  try {
    return format(readQuery(text).expression);
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument", `${JSON.stringify(text)}: ${thrown}`);
    assert.match(thrown.message, /^\d+:\d+: parse error: ./, JSON.stringify(text));
    return null;
  }
}
