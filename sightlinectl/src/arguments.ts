import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Reads a whole number of at least `min` from the command line. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`want a whole number from ${min}.`);
  };
}

/** Reads one more whole number into a list. */
export function wholeNumbers(min: number): (text: string, before: number[] | undefined) => number[] {
  const one = wholeNumber(min);
  return (text, before = []) => [...before, one(text)];
}
