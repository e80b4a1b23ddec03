import { invalid } from "@sightline/errors/app-error";

/** Throws invalid_argument unless it is said who makes a change. */
export function checkUser(userId: string): void {
  if (userId.trim() === "") throw invalid("cannot change what is on call: user_id: got nothing, want who does it");
}
