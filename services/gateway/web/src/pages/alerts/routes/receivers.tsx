import { Button } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type RouteTree, testReceiver } from "../../../api/alert-routing.ts";
import { messageOf } from "../../../api/api-error.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import list from "../alerts.module.css";

/** Who can be told, each with a button that tries it. */
export function Receivers({ receivers }: { receivers: RouteTree["receivers"] }) {
  return (
    <Panel title="Receivers" note="A test tells them that it is one" flush>
      <ul className={list.list}>
        {receivers.map((receiver) => (
          <ReceiverRow key={receiver.name} {...receiver} />
        ))}
      </ul>
    </Panel>
  );
}

function ReceiverRow({ name, integrations }: RouteTree["receivers"][number]) {
  const trial = useMutation({ mutationFn: () => testReceiver(name) });
  return (
    <li className={list.item} data-testid="receiver-row">
      <div className={list.main}>
        <span className={list.name}>
          <PlainLine text={name} className="" />
        </span>
        <span className={list.condition}>
          {integrations.length === 0 ? "Tells nobody: alerts are only shown" : integrations.join(", ")}
        </span>
        <span role="status">
          {trial.error === null ? null : <span className={list.error}>{messageOf(trial.error)}</span>}
          {trial.data?.integrations.map(({ integration, delivered, sentence, remarks }) => (
            <span
              key={integration}
              className={list.error}
              style={{ display: "block", color: delivered ? "var(--healthy)" : "var(--error)" }}
            >
              {delivered ? "✓ " : "✕ "}
              <PlainLine text={[sentence, ...remarks].join(" ")} className="" />
            </span>
          ))}
        </span>
      </div>
      {integrations.length === 0 ? null : (
        <div className={list.side}>
          <Button
            variant="default"
            leftSection={<IconSend size={14} aria-hidden />}
            loading={trial.isPending}
            data-testid="receiver-test"
            aria-label={`Test ${name}`}
            onClick={() => trial.mutate()}
          >
            Test
          </Button>
        </div>
      )}
    </li>
  );
}
