-- Who is taking a delivery at this moment, and for how long nobody else does so unless it says that it has ended: of two that are equal and
-- come at the same time one is taken.
ALTER TABLE inbound_deliveries
  ADD COLUMN claim uuid,
  ADD COLUMN claimed_until timestamptz;
