/** Names of this host, as Go's `isLocalhost`. */
export function isOwnHost(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "::1";
}
