/**
 * How long a request for messages stands, milliseconds. When the server restarts, what was asked of it is lost, which
 * only two missing heartbeats tell, one for half of this time each: by the client's default that takes 45 s.
 */
export const PULL_EXPIRES_MS = 4000;
