import { Link } from "react-router";
import classes from "./app-frame.module.css";

/** The name and its sign: a line that sees something. */
export function Brand() {
  return (
    <Link to="/" className={classes.brand} aria-label="Sightline, overview">
      <svg viewBox="0 0 32 32" width={26} height={26} aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#0f766e" />
        <path
          d="M4 17h6l3-7 5 13 3.5-9 1.5 3h5"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span>Sightline</span>
    </Link>
  );
}
