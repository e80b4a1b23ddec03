/** The command line or the settings were wrong, and nothing was tried. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
