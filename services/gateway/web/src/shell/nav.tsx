import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";
import { firingQuery } from "../api/alert-groups.ts";
import { openIncidentsQuery } from "../api/incidents.ts";
import { addressOf, DESTINATIONS, type Destination, isWithin } from "./destinations.ts";
import classes from "./nav.module.css";

/** The links to all pages; alerts with the number of those that fire, incidents with that of the open ones. */
export function Nav({ onNavigate }: { onNavigate?: () => void }) {
  const location = useLocation();
  const { data: firing = 0 } = useQuery({ ...firingQuery, select: (page) => page.firing });
  const { data: open = 0 } = useQuery(openIncidentsQuery);
  const counts: Partial<Record<Destination["id"], { count: number; word: string }>> = {
    alerts: { count: firing, word: "firing" },
    incidents: { count: open, word: "open" },
  };
  return (
    <nav className={classes.nav} aria-label="Pages">
      {DESTINATIONS.map((destination) => {
        const Icon = destination.icon;
        const { count = 0, word = "" } = counts[destination.id] ?? {};
        const current = isWithin(destination, location.pathname);
        return (
          <Link
            key={destination.id}
            to={addressOf(destination, location.search)}
            className={classes.link}
            data-testid={`nav-${destination.id}`}
            aria-current={current ? "page" : undefined}
            onClick={onNavigate}
          >
            <Icon size={18} stroke={1.6} aria-hidden />
            <span>{destination.label}</span>
            {count > 0 ? (
              <span className={classes.badge}>
                {count}
                <span className={classes.hidden}> {word}</span>
              </span>
            ) : null}
          </Link>
        );
      })}
    </nav>
  );
}
