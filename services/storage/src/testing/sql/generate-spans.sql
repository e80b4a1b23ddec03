-- Spans of a shop's services over a day, the same ones for the same numbers: traces of ten spans that lie next to each
-- other in time, one in fifty of them failed. Ids have all their digits: hex() of a number leaves out leading zeros.
INSERT INTO otel_traces
    (Tenant, Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName, SpanAttributes, Duration, StatusCode)
WITH
    ['frontend', 'gateway', 'checkout', 'payment', 'cart', 'catalog', 'search', 'shipping', 'inventory', 'pricing'] AS services,
    intDiv(number, 10) AS trace,
    number % 10 AS place,
    cityHash64(number, {seed:UInt64}) AS h,
    cityHash64(trace, {seed:UInt64}) AS t,
    services[toUInt32(1 + (t + place) % 10)] AS service
SELECT
    {tenant:String},
    fromUnixTimestamp64Nano({end:Int64} - toInt64({rows:UInt64} - number) * intDiv(86400000000000, toInt64({rows:UInt64}))),
    lower(concat(hex(reinterpretAsFixedString(t)), hex(reinterpretAsFixedString(cityHash64(t, 1))))),
    lower(hex(reinterpretAsFixedString(h))),
    if(place = 0, '', lower(hex(reinterpretAsFixedString(cityHash64(number - 1, {seed:UInt64}))))),
    concat(['GET', 'POST', 'SELECT', 'publish', 'render'][1 + h % 5], ' ', ['/orders', '/items', '/users', '/prices', 'stock', 'mail', 'page', 'quotes'][1 + intDiv(h, 5) % 8]),
    ['Server', 'Client', 'Internal', 'Producer', 'Consumer'][1 + place % 5],
    service,
    map('service.name', service, 'host.name', concat('node-', toString(h % 120)), 'k8s.pod.name', concat(service, '-', toString(h % 6))),
    concat('com.shop.', service),
    map('http.request.method', 'GET', 'http.response.status_code', ['200', '200', '404', '500'][1 + h % 4],
        'url.path', concat('/api/v2/', toString(h % 5000)), 'user.id', toString(t % 200000), 'net.peer.name', concat('10.0.0.', toString(h % 256))),
    100000 + h % 400000000,
    if(trace % 50 = 0 AND place = 3, 'Error', 'Unset')
FROM numbers({first:UInt64}, {count:UInt64})
