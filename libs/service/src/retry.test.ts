import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { type RetryOptions, retry, retryDelayMs } from "./retry.ts";

const options = (more: Partial<RetryOptions> = {}): RetryOptions => ({
  attempts: 3,
  baseDelayMs: 1,
  maxDelayMs: 5,
  signal: new AbortController().signal,
  random: () => 0.5,
  ...more,
});

/** Fails so many times, then answers with how often it was called. */
function failing(times: number, error: unknown = unavailable("away", { retryAfterMs: 0 })) {
  let calls = 0;
  return async () => {
    calls++;
    if (calls <= times) throw error;
    return calls;
  };
}

describe("retry", () => {
  it("goes on until it succeeds", async () => assert.equal(await retry(failing(2), options()), 3));

  it("gives up after the last attempt with its error", async () => {
    await assert.rejects(retry(failing(3), options()), /away/);
  });

  it("does not repeat what cannot help", async () => {
    const seen: number[] = [];
    const call = retry(failing(1, invalid("bad")), options({ onRetry: (_error, attempt) => seen.push(attempt) }));
    await assert.rejects(call, /bad/);
    assert.deepEqual(seen, []);
  });

  it("asks the caller what to repeat", async () => {
    assert.equal(await retry(failing(1, invalid("bad")), options({ shouldRetry: () => true })), 2);
  });

  it("stops pausing when told to", async () => {
    const controller = new AbortController();
    const call = retry(
      failing(9),
      options({
        attempts: 9,
        baseDelayMs: 60_000,
        maxDelayMs: 60_000,
        signal: controller.signal,
        onRetry: () => controller.abort(),
      }),
    );
    await assert.rejects(call, (error: unknown) => error instanceof AppError && error.code === "cancelled");
  });

  const delays: { attempt: number; asked: number; random: number; want: number }[] = [
    { attempt: 1, asked: 0, random: 0.5, want: 50 },
    { attempt: 3, asked: 0, random: 0.5, want: 200 },
    { attempt: 3, asked: 0, random: 0, want: 0 },
    { attempt: 20, asked: 0, random: 0.5, want: 500 },
    { attempt: 1, asked: 700, random: 0.5, want: 700 },
    { attempt: 1, asked: 90_000, random: 0.5, want: 1000 },
  ];
  for (const { attempt, asked, random, want } of delays) {
    it(`pauses ${want} ms after attempt ${attempt} when asked for ${asked} and chance is ${random}`, () => {
      assert.equal(retryDelayMs(attempt, asked, { baseDelayMs: 100, maxDelayMs: 1000, random: () => random }), want);
    });
  }
});
