-- A user who reads the rows of one tenant, as `reader-role.sql` has it; run again, it sets the password anew.
--
--   clickhouse-client --param_user sightline_reader_default --param_password "$PASSWORD" --queries-file reader-user.sql
CREATE USER OR REPLACE {user:Identifier}
    IDENTIFIED WITH sha256_password BY {password:String}
    DEFAULT ROLE sightline_reader;
