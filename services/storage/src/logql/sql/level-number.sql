intDiv(least(SeverityNumber, 24) + 3, 4)
