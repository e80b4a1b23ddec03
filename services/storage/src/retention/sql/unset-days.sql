DELETE FROM retention WHERE tenant = $1 AND kind = $2
