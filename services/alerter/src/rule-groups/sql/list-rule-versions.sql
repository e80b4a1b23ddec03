-- Which tenants have rule files, and which version of them.
SELECT tenant, version FROM rule_versions
