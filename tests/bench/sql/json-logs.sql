-- Log records of a shop's services over a day whose bodies are JSON, the same ones for the same numbers. Every 20th tells of a timeout.
INSERT INTO otel_logs
    (Tenant, Timestamp, TraceId, SpanId, SeverityText, SeverityNumber, ServiceName, Body, ResourceAttributes, ScopeName, LogAttributes)
WITH
    ['checkout', 'payment', 'cart', 'catalog', 'search', 'shipping', 'inventory', 'pricing', 'accounts', 'gateway',
     'mailer', 'images', 'reviews', 'recommendations', 'fraud', 'ledger', 'sessions', 'exports', 'webhooks', 'frontend'] AS services,
    ['orders', 'items', 'prices', 'users', 'baskets', 'offers', 'returns', 'stock'] AS things,
    cityHash64(number, {seed:UInt64}) AS h,
    cityHash64(h, 1) AS h1,
    cityHash64(h, 2) AS h2,
    services[toUInt32(1 + least(h % 20, h1 % 20))] AS service,
    number % 20 = 7 AS timeout,
    lower(hex(reinterpretAsFixedString(cityHash64(h, 4)))) AS request
SELECT
    {tenant:String},
    fromUnixTimestamp64Nano({end:Int64} - toInt64({rows:UInt64} - number) * intDiv(86400000000000, toInt64({rows:UInt64}))),
    '',
    '',
    if(timeout, 'WARN', 'INFO'),
    if(timeout, 13, 9),
    service,
    concat('{', format('"level":"{}","msg":"{}","method":"{}","path":"/api/v2/{}/{}","status":{},"duration_ms":{},"user":"user-{}","request_id":"{}","bytes":{}',
        if(timeout, 'warn', 'info'),
        if(timeout, concat('call to ', services[1 + h2 % 20], ' ended with a timeout'), 'request answered'),
        ['GET', 'POST', 'PUT', 'DELETE'][1 + h1 % 4],
        things[1 + h2 % 8], toString(h2 % 1000000),
        if(timeout, '504', ['200', '200', '200', '201', '204', '404', '500'][1 + h2 % 7]),
        toString(if(timeout, h1 % 30000, h1 % 900)),
        toString(h1 % 100000), request, toString(h2 % 65536)), '}'),
    map('service.name', service, 'host.name', concat('node-', toString(h2 % 120)), 'k8s.namespace.name', 'shop',
        'k8s.pod.name', concat(service, '-', toString(h2 % 6))),
    concat('com.shop.', service),
    map('thread.name', concat('worker-', toString(h1 % 64)))
FROM numbers({first:UInt64}, {count:UInt64})
