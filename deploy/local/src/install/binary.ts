/** An executable and what it needs around it to run. */
export interface Binary {
  readonly path: string;
  /** Directories for LD_LIBRARY_PATH: shared libraries the machine itself does not have. */
  readonly libraryDirs: readonly string[];
}

/** The environment a binary is started with. */
export function environmentOf(binary: Binary): Record<string, string> {
  const environment: Record<string, string> = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
  if (binary.libraryDirs.length > 0) environment["LD_LIBRARY_PATH"] = binary.libraryDirs.join(":");
  return environment;
}
