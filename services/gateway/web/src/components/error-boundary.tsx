import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { ErrorState } from "./states.tsx";

/**
 * Shows what went wrong in place of a page that could not be drawn or loaded. A class, since React offers no other way to
 * catch what a component throws. Give it a key that changes with the page, so that going elsewhere recovers.
 */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <>
        <ErrorState error={this.state.error} onRetry={() => this.setState({ error: null })} />
        <p style={{ textAlign: "center" }}>
          <Button variant="subtle" onClick={() => window.location.reload()}>
            Load the page anew
          </Button>
        </p>
      </>
    );
  }
}
