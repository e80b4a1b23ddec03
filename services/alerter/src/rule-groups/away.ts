import { AppError, unavailable } from "@sightline/errors/app-error";

/** Of a call that failed as a whole: it says nothing about what was asked, only that there is no answer now. */
export function awayOf(thrown: unknown): AppError {
  const error = AppError.from(thrown);
  if (error.code === "unavailable" || error.code === "cancelled") return error;
  return unavailable(error.message, { cause: error });
}
