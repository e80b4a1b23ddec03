-- What is asked of the past of alerts: what a silence would have hidden, what fired when somebody was told or not.

-- The labels of alerts that decisions are about: these know them by fingerprint. Kept as long as they are.
CREATE TABLE alert_labels (
  tenant text NOT NULL,
  fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
  labels jsonb NOT NULL,
  -- When the alert was new, fired again or ended last.
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, fingerprint)
);
CREATE INDEX alert_labels_old ON alert_labels (seen_at);

-- When alerts began and ended, and who was told of them, which is asked of a month at once.
CREATE INDEX alert_decisions_of_history ON alert_decisions (tenant, decided_at, decision_id)
  WHERE step IN ('received', 'resolved', 'delivered');
