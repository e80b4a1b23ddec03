import { NavLink } from "react-router";
import classes from "./tab-links.module.css";

/** The parts of a page, each with an address of its own. */
export function TabLinks({
  label,
  tabs,
}: {
  label: string;
  tabs: readonly { readonly to: string; readonly name: string; readonly end?: boolean }[];
}) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map(({ to, name, end = false }) => (
        <NavLink key={to} to={to} end={end} className={classes.tab ?? ""}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
