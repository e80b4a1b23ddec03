INSERT INTO {{progress}} (Name, Until, Version)
SELECT {name:String}, toDateTime({until:UInt32}), {version:UInt64}
