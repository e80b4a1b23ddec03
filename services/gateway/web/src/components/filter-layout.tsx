import { Button, Collapse } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./filter-layout.module.css";

/** Filters beside a list; on a narrow page above it, folded away. */
export function FilterLayout(props: { filters: ReactNode; active: number; onClear: () => void; children: ReactNode }) {
  const { filters, active, onClear, children } = props;
  const [opened, { toggle }] = useDisclosure(false);
  const clear =
    active === 0 ? null : (
      <Button variant="subtle" size="compact-xs" onClick={onClear}>
        Clear all filters
      </Button>
    );
  return (
    <div className={classes.layout}>
      <aside className={classes.side} aria-label="Filters">
        {filters}
        {clear}
      </aside>
      <div className={classes.narrow}>
        <Button
          variant="default"
          leftSection={<IconFilter size={14} aria-hidden />}
          aria-expanded={opened}
          onClick={toggle}
        >
          Filters{active === 0 ? "" : ` (${active})`}
        </Button>
        {clear}
        <Collapse expanded={opened} className={classes.folded} keepMounted={false}>
          {filters}
        </Collapse>
      </div>
      <div className={classes.content}>{children}</div>
    </div>
  );
}
