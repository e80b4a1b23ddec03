/** The longest message that tells what is wrong with a template; it may quote the template, which is longer. */
const maxLength = 2000;

/** A message, cut where it is too long to be read. */
export function shortened(message: string): string {
  return message.length > maxLength ? `${message.slice(0, maxLength).toWellFormed()}…` : message;
}
