/** A score in one word, best first; the words of `sightline.analysis.v1.HealthStatus`. */
export const HEALTH_STATUSES = ["healthy", "degraded", "unhealthy"] as const;

export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** @param score 0 (dead) to 100 (well): healthy from 80, degraded from 50 */
export function healthStatusOfScore(score: number): HealthStatus {
  if (score >= 80) return "healthy";
  return score >= 50 ? "degraded" : "unhealthy";
}
