import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { createBoundedSink } from "./bounded-sink.ts";

const samples = [{ labels: { __name__: "m" }, atMs: 1, value: 1 }];
const code = (want: string) => (thrown: unknown) => AppError.from(thrown).code === want;

describe("the sink of an evaluation", () => {
  test("after the first sample that nobody takes no other is tried", async () => {
    let tried = 0;
    const append = async () => {
      tried += 1;
      throw unavailable("the bus is away");
    };
    const sink = createBoundedSink({ append }, 1000);
    for (let rule = 0; rule < 20; rule++) await assert.rejects(sink.append(samples), code("unavailable"));
    assert.equal(tried, 1);
  });

  test("a bus that takes nothing is waited for once", async () => {
    const append = (_: unknown, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const sink = createBoundedSink({ append }, 100);
    const beganMs = performance.now();
    for (let rule = 0; rule < 20; rule++) await assert.rejects(sink.append(samples), code("unavailable"));
    assert.ok(performance.now() - beganMs < 1900, "each by itself would be two seconds");
  });

  test("what is wrong with the samples of one rule is no fault of the others", async () => {
    const taken: string[] = [];
    const append = async ([first]: readonly { readonly labels: Readonly<Record<string, string>> }[]) => {
      const name = first?.labels["__name__"] ?? "";
      if (name === "") throw invalid("cannot record a sample without a name");
      taken.push(name);
    };
    const sink = createBoundedSink({ append }, 1000);
    await assert.rejects(sink.append([{ labels: {}, atMs: 1, value: 1 }]), code("invalid_argument"));
    await sink.append(samples);
    assert.deepEqual(taken, ["m"]);
  });
});
