/** Sightline's version, as its APIs tell it. */
export const VERSION = "0.1.0";
