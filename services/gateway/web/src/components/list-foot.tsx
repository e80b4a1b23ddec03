import { ErrorState } from "./states.tsx";

/** What stands below a list that loads more as one goes on: that it loads, that this was all, or why it cannot go on. */
export function ListFoot(props: {
  loading: boolean;
  more: boolean;
  /** Null when all is well. */
  error: unknown;
  onRetry: () => void;
  /** Said when there is no more. */
  end: string;
}) {
  const { loading, more, error, onRetry, end } = props;
  if (error !== null) return <ErrorState compact error={error} onRetry={onRetry} />;
  if (loading) return "Loading more…";
  return more ? null : end;
}
