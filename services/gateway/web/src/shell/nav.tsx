import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";
import { firingCountQuery } from "../api/alerts.ts";
import { addressOf, DESTINATIONS, isWithin } from "./destinations.ts";
import classes from "./nav.module.css";

/** The links to all pages; alerts with the number of those that fire. */
export function Nav({ onNavigate }: { onNavigate?: () => void }) {
  const location = useLocation();
  const { data: firing = 0 } = useQuery(firingCountQuery);
  return (
    <nav className={classes.nav} aria-label="Pages">
      {DESTINATIONS.map((destination) => {
        const Icon = destination.icon;
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
            {destination.id === "alerts" && firing > 0 ? (
              <span className={classes.badge}>
                {firing}
                <span className={classes.hidden}> firing</span>
              </span>
            ) : null}
          </Link>
        );
      })}
    </nav>
  );
}
