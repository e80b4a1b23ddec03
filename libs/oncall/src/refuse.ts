import { type AppError, invalid } from "@sightline/errors/app-error";

/** Refuses one field: what was got and what is wanted there. The place is written as the contracts write fields. */
export type Refuse = (place: string, got: string, want: string) => AppError;

/** Says of a thing that it cannot be kept: "cannot keep schedule: layers[1].name: got nothing, want a name". */
export function refusalOf(thing: string): Refuse {
  return (place, got, want) => invalid(`cannot keep ${thing}: ${place}: got ${got}, want ${want}`);
}

const MAX_SHOWN = 100;

/** A text of a user's as it may be shown in an error. */
export function shown(text: string): string {
  return text === "" ? "nothing" : JSON.stringify(text.slice(0, MAX_SHOWN));
}

export interface CountBounds {
  readonly min: number;
  readonly max: number;
}

/** Throws unless the number is whole and within the bounds. */
export function checkCount(refuse: Refuse, place: string, got: number, { min, max }: CountBounds): void {
  if (!Number.isInteger(got) || got < min || got > max) throw refuse(place, `${got}`, `${min} to ${max}`);
}

/** Throws unless it is a name of at most 128 characters without control characters or space around it. */
export function checkName(refuse: Refuse, place: string, got: string): void {
  if (got === "" || got.length > 128 || got.trim() !== got || /\p{Cc}/u.test(got)) {
    throw refuse(place, shown(got), "a name of 1 to 128 characters");
  }
}
