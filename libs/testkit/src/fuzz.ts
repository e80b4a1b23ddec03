import { createRandom, type Random } from "./random.ts";

/** How many inputs a test makes: by `make fuzz` a million, else as many as take a second or two. */
export function fuzzCases(usual: number): number {
  return Number(process.env["SIGHTLINE_FUZZ_CASES"] ?? usual);
}

/** What inputs are made with: always the same, or those of SIGHTLINE_FUZZ_SEED. */
export function fuzzRandom(own: number): Random {
  return createRandom(own + Number(process.env["SIGHTLINE_FUZZ_SEED"] ?? 0));
}
