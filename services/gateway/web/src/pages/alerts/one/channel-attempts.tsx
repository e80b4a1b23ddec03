import type { AlertDetail } from "../../../api/alert-types.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import classes from "./one.module.css";

/** What the channels that a rule names itself were told; nothing where it names none. */
export function ChannelAttempts({ attempts }: { attempts: AlertDetail["notifications"] }) {
  if (attempts.length === 0) return null;
  return (
    <Panel title="Channels of the rule">
      <ol className={classes.story}>
        {attempts.map((attempt) => (
          <li
            key={`${attempt.time} ${attempt.channel} ${attempt.attempt} ${attempt.status}`}
            data-tone={attempt.delivered ? "plain" : "bad"}
          >
            <span className={classes.when}>
              <Timestamp value={attempt.time} />
            </span>
            <span>{attempt.channel}</span>
            <span className={classes.sentence}>
              {attempt.delivered ? "✓ delivered, " : "✕ failed, "}
              {attempt.status}
              {attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : ""}:{" "}
              <PlainLine text={attempt.outcome} className="" />
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
