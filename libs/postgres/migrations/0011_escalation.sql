-- What follows when somebody was told, until somebody acknowledges it; and hand-overs of who is on call.

-- One for each group of alerts at a receiver that has an escalation policy, as long as the group fires.
CREATE TABLE escalations (
  tenant text NOT NULL,
  escalation_id uuid NOT NULL,
  receiver text NOT NULL,
  group_key text NOT NULL,
  -- SHA-256 of the group's key, hex: a key may be longer than an index takes.
  group_hash text NOT NULL CHECK (length(group_hash) = 64),
  -- Where it stands: the EscalationState of libs/oncall.
  state jsonb NOT NULL,
  -- What was told of the group last.
  notification jsonb NOT NULL,
  -- What somebody did last about it: an acknowledgement that was made before is older news.
  care_at timestamptz,
  -- Whether the dispatcher knows of it, so that it counts when it says that nobody takes care any more.
  care_confirmed boolean NOT NULL DEFAULT false,
  begun_at timestamptz NOT NULL,
  -- When something is to be done, as the state says it.
  due_at timestamptz,
  -- NULL while it is open.
  ended_at timestamptz,
  PRIMARY KEY (tenant, escalation_id)
);
CREATE UNIQUE INDEX escalations_open ON escalations (tenant, group_hash, receiver) WHERE ended_at IS NULL;
CREATE INDEX escalations_due ON escalations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX escalations_ended ON escalations (ended_at) WHERE ended_at IS NOT NULL;

-- Who is to be told by which integration of which receiver, each once: the key says what it is about and why. What is due
-- is sent by the replica that dispatches, which says so here before and after.
CREATE TABLE oncall_contacts (
  tenant text NOT NULL,
  -- An escalation's id, or the hand-over that it is about.
  about text NOT NULL,
  -- SHA-256, hex, of what makes it another contact.
  contact_key text NOT NULL,
  receiver text NOT NULL,
  contact jsonb NOT NULL,
  due_at timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'told', 'failed', 'dropped')),
  -- How often it was begun.
  attempts integer NOT NULL DEFAULT 0,
  outcome text NOT NULL DEFAULT '',
  settled_at timestamptz,
  -- What the integration wants to find again when the same address is told next.
  receiver_data jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant, about, contact_key)
);
CREATE INDEX oncall_contacts_due ON oncall_contacts (due_at) WHERE status = 'due';
CREATE INDEX oncall_contacts_settled ON oncall_contacts (settled_at) WHERE settled_at IS NOT NULL;

-- Hand-overs that were told.
CREATE TABLE oncall_handovers (
  tenant text NOT NULL,
  schedule text NOT NULL,
  handover_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, schedule, handover_at)
);

-- The decisions of one escalation, or about one user.
CREATE INDEX alert_decisions_of_escalation ON alert_decisions USING gin (ids) WHERE step = 'escalation';
