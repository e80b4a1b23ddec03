import { Kbd, Modal } from "@mantine/core";
import { useAllShortcuts } from "../keyboard/shortcuts-context.tsx";
import classes from "./help-overlay.module.css";

/** Every shortcut that works on the present page. */
export function HelpOverlay({ onClose }: { onClose: () => void }) {
  const shortcuts = [...new Map(useAllShortcuts().map((each) => [each.keys, each])).values()];
  const going = shortcuts.filter((each) => each.keys.startsWith("g "));
  const others = shortcuts.filter((each) => !each.keys.startsWith("g "));
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" size="lg">
      <div className={classes.columns} data-testid="help-overlay">
        <List shortcuts={others} />
        <List shortcuts={going} />
      </div>
      <p className="dim">In lists the arrow keys move and Enter opens; Escape closes what is open.</p>
    </Modal>
  );
}

function List({ shortcuts }: { shortcuts: readonly { keys: string; what: string }[] }) {
  return (
    <dl className={classes.list}>
      {shortcuts.map(({ keys, what }) => (
        <div key={keys} className={classes.row}>
          <dt>
            {keys.split(" ").map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
