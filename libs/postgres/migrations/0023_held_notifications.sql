-- What a channel is to be told is held back while something hides its alert: a silence, a maintenance window, another alert.
ALTER TABLE alert_notifications DROP CONSTRAINT alert_notifications_state_check;
ALTER TABLE alert_notifications
  ADD CONSTRAINT alert_notifications_state_check CHECK (state IN ('due', 'held', 'delivered', 'failed'));
CREATE INDEX alert_notifications_held ON alert_notifications (tenant, notification_id) WHERE state = 'held';
