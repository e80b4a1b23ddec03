UPDATE incident_versions SET number = greatest(number, $2) WHERE tenant = $1
