-- Who is told of an alert beside the routes, as its rule names them.
ALTER TABLE alerts ADD COLUMN recipients text[] NOT NULL DEFAULT '{}';
