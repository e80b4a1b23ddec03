-- What people do to alerts: windows in which they are held, and what is said of single ones.

-- `definition` is a sightline.alert.v1.MaintenanceWindow as it is kept, with what somebody opened and closed.
CREATE TABLE alert_maintenance_windows (
  tenant text NOT NULL,
  window_id uuid NOT NULL,
  name text NOT NULL,
  definition bytea NOT NULL,
  PRIMARY KEY (tenant, window_id),
  UNIQUE (tenant, name)
);

ALTER TABLE alert_versions ADD COLUMN maintenance bigint NOT NULL DEFAULT 0;

ALTER TABLE dispatch_records DROP CONSTRAINT dispatch_records_kind_check;
ALTER TABLE dispatch_records ADD CONSTRAINT dispatch_records_kind_check
  CHECK (kind IN ('alert', 'group', 'log', 'acknowledgement', 'assignment'));

-- What people did that is no step of a rule's alert, until the bus was told of it. `event` is a sightline.event.v1.SystemEvent.
CREATE TABLE alert_action_events (
  event_id uuid NOT NULL PRIMARY KEY,
  tenant text NOT NULL,
  event bytea NOT NULL
);
