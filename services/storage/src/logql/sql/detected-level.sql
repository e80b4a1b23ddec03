multiIf(
    SeverityNumber = 0, 'unknown',
    SeverityNumber <= 4, 'trace',
    SeverityNumber <= 8, 'debug',
    SeverityNumber <= 12, 'info',
    SeverityNumber <= 16, 'warn',
    SeverityNumber <= 20, 'error',
    'fatal')
