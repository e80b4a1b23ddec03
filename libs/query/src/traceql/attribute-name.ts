/** An attribute of any scope as TraceQL writes it, whatever its name: there, of what is in quotes only quotes and backslashes are escaped. */
export function anyAttribute(name: string): string {
  return `."${name.replace(/["\\]/g, "\\$&")}"`;
}
