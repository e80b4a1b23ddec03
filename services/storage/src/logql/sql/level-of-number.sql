arrayElement(['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'], {{column}} + 1)
