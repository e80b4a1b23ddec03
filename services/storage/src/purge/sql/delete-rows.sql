ALTER TABLE {table:Identifier}
DELETE WHERE Tenant = {tenant:String}
