import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { readQuery } from "./engine.ts";
import { format } from "./format.ts";

/** mulberry32: a small generator, so that a failure can be repeated. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const pieces =
  "up sum ( ) { } [ ] , + - * / % ^ == != > < >= <= =~ !~ = </ >/ and or unless atan2 bool on ignoring group_left group_right by without offset @ start() end() step() range() min_of( 5m 1h30m 1 0.5 1e3 0x1f Inf NaN \"a\" 'b' `c` job rate abs topk( quantile( label_replace( histogram_quantile( [5m] [1h:5m] [5m:] fill( anchored smoothed # \n \\ é 💥 \u0000 :".split(
    " ",
  );

const seeds = [
  'sum by (job) (rate(http_requests_total{job=~"a|b", code!="200"}[5m] offset 1h)) / on (job) group_left (x) sum(up) by (job) > 0.5',
  "histogram_quantile(0.9, sum without (instance) (rate(x_bucket[1m]))) and on() vector(1) or -time() ^ 2",
  "max_over_time(deriv(foo[step() * 2])[1h:30s] @ end() offset (1m - 5s)) + fill_left(0) fill_right(-1) bar",
];

function randomQuery(random: (below: number) => number): string {
  if (random(3) === 0) {
    return Array.from({ length: 1 + random(14) }, () => pieces[random(pieces.length)]).join(random(4) === 0 ? "" : " ");
  }
  let text = seeds[random(seeds.length)] ?? "";
  for (let change = random(4); change >= 0; change--) {
    const at = random(text.length + 1);
    const piece = pieces[random(pieces.length)] ?? "";
    text = text.slice(0, at) + (random(2) === 0 ? piece : "") + text.slice(at + random(5));
  }
  return text;
}

test("no text makes the parser fail but in its own words, and what it reads it prints", () => {
  const seed = Number(process.env["SIGHTLINE_FUZZ_SEED"] ?? 1);
  const cases = Number(process.env["SIGHTLINE_FUZZ_CASES"] ?? 20_000);
  const random = createRandom(seed);
  let read = 0;
  for (let i = 0; i < cases; i++) {
    const text = randomQuery(random);
    const printed = printedOf(text);
    if (printed === null) continue;
    read++;
    assert.equal(printedOf(printed), printed, `seed ${seed}, case ${i}: ${JSON.stringify(text)}`);
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
