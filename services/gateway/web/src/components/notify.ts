import { notifications } from "@mantine/notifications";
import { messageOf } from "../api/api-error.ts";

/** Says in passing that something was done. */
export function tellDone(message: string): void {
  notifications.show({ message, color: "brand", autoClose: 3500 });
}

/** Says in passing that something could not be done, in the server's words. */
export function tellFailed(what: string, error: unknown): void {
  notifications.show({ title: what, message: messageOf(error), color: "red", autoClose: 9000 });
}
