import { BacktestServiceService } from "@sightline/proto/sightline/alert/v1/backtest_service";
import type { GrpcServer } from "@sightline/rpc/server";
import { internalStream } from "@sightline/rpc/streams";
import type { BacktestCalls } from "./backtest-calls.ts";

export interface BacktestServiceOptions {
  readonly internalToken: string;
  readonly backtests: BacktestCalls;
}

/** Adds the BacktestService, for the other services only. */
export function addBacktestService(server: GrpcServer, { internalToken, backtests }: BacktestServiceOptions): void {
  const stream = internalStream(internalToken);
  server.addService(BacktestServiceService, {
    backtest: stream((request, { tenant, signal }) => backtests.backtest(tenant, request, signal)),
  });
}
