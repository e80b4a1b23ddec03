-- Log records of a shop's services over a day, the same ones for the same numbers: bodies of 150 to 300 bytes in which
-- common words, names, addresses and ids that occur once lie mixed. Every 20th record speaks of a timeout, every 50th
-- of a connection refused by an upstream, every millionth of an exhausted quota.
INSERT INTO otel_logs
    (Tenant, Timestamp, TraceId, SpanId, SeverityText, SeverityNumber, ServiceName, Body, ResourceAttributes, ScopeName, LogAttributes)
WITH
    ['checkout', 'payment', 'cart', 'catalog', 'search', 'shipping', 'inventory', 'pricing', 'accounts', 'gateway',
     'mailer', 'images', 'reviews', 'recommendations', 'fraud', 'ledger', 'sessions', 'exports', 'webhooks', 'frontend'] AS services,
    splitByChar(' ', 'accepted added agent allocated amount answer applied archive article assigned attempt balance basket batch begins billing bound branch buffer bundle cached calculated campaign cancelled carrier changed channel checked claim cleared client closed cluster collected column committed compared completed confirmed container contract converted copied counted coupon created credit customer daily database deferred delayed delivered deposit detail device directory discount dispatch document dropped duplicate element emitted enabled endpoint enriched entered entity estimate evaluated exchange executed expected expired exported fallback feature fetched field filter finished flagged flow folder forwarded found freight fulfilled generated granted grouped handler header held history host hourly imported index initial inserted invoice issued item journal kept label language latest leader ledger level limited linked listed loaded local locked logged lookup mailbox managed mapped marked matched measured member merged message method migrated missed model moved network notified number object offer offered opened operation option order origin outcome package page parcel parsed partner passed pending period picked placed planned policy position posted prepared price printed priority processed product profile promise provider published pulled pushed queued quote range reached read rebuilt received record reduced refund region registered released removed renewed replaced reported reserved resolved restored result returned reviewed revoked routed rule saved scanned scheduled section seller sent session settled shared shipment signed skipped source split stage started state stock stored subject submitted summary supplied synced table target tariff task tax template tenant ticket token total tracked transfer trial unit updated uploaded usage user validated value vendor verified version view volume voucher waited warehouse window worker written zone') AS words,
    cityHash64(number, {seed:UInt64}) AS h,
    cityHash64(h, 1) AS h1,
    cityHash64(h, 2) AS h2,
    cityHash64(h, 3) AS h3,
    services[toUInt32(1 + least(h % 20, h1 % 20))] AS service,
    multiIf(number % 20 = 7, 1, number % 50 = 11, 2, number % 1000000 = 500000, 3, h1 % 3 = 0, 4, h1 % 3 = 1, 5, 6) AS kind,
    lower(hex(reinterpretAsFixedString(cityHash64(h, 4)))) AS request
SELECT
    {tenant:String},
    fromUnixTimestamp64Nano({end:Int64} - toInt64({rows:UInt64} - number) * intDiv(86400000000000, toInt64({rows:UInt64}))),
    if(h2 % 2 = 0, lower(concat(hex(reinterpretAsFixedString(h2)), hex(reinterpretAsFixedString(h3)))), '') AS trace,
    if(h2 % 2 = 0, request, ''),
    multiIf(kind = 3 OR kind = 2 AND h2 % 4 = 0, 'ERROR', kind IN (1, 2), 'WARN', h2 % 5 = 0, 'DEBUG', 'INFO') AS severity,
    transform(severity, ['DEBUG', 'INFO', 'WARN', 'ERROR'], [5, 9, 13, 17], 0),
    service,
    multiIf(
        kind = 1, format('call to {}.internal ended with a timeout after {} ms, attempt {} of 5 for customer-{} (request {}); {} {} {} and {} were left for the next run',
            services[1 + h2 % 20], toString(h3 % 30000), toString(h1 % 5), toString(h3 % 200000), request,
            words[1 + h1 % 255], words[1 + intDiv(h1, 300) % 255], words[1 + h2 % 255], words[1 + h3 % 255]),
        kind = 2, format('connection refused by upstream 10.{}.{}.{}:8443 while {} {} for order {}, pool {} has {} of 64 connections in use, backing off {} ms (request {})',
            toString(h1 % 4), toString(h2 % 256), toString(h3 % 256), words[1 + h1 % 255], words[1 + h2 % 255],
            toString(h3 % 5000000), service, toString(h2 % 64), toString(h1 % 5000), request),
        kind = 3, format('disk quota exhausted on volume vol-{}: {} bytes asked, 0 left; the {} of tenant {} was {} and its writers are stopped until space is made (request {})',
            toString(h1 % 100), toString(h2 % 1000000000), words[1 + h1 % 255], toString(h3 % 1000), words[1 + h2 % 255], request),
        kind = 4, format('{} /api/v2/{}/{}/{}?page={} answered {} in {} ms to user-{} from 192.168.{}.{} with {} bytes, {} {}, {} (request {}, region eu-west-{})',
            ['GET', 'POST', 'PUT', 'DELETE'][1 + h1 % 4], words[1 + h1 % 255], toString(h2 % 1000000), words[1 + h2 % 255], toString(h3 % 40),
            ['200', '200', '200', '201', '204', '404'][1 + h2 % 6], toString(h3 % 900), toString(h1 % 100000), toString(h2 % 256), toString(h3 % 256),
            toString(h1 % 65536), words[1 + h3 % 255], words[1 + intDiv(h3, 300) % 255], words[1 + intDiv(h2, 300) % 255], request, toString(1 + h1 % 3)),
        kind = 5, format('{} {} {} for customer-{}: {} {} {} of {} {}, amount {}.{} EUR, reference {}, {} {} and {} {} by worker-{}',
            words[1 + h1 % 255], words[1 + intDiv(h1, 300) % 255], words[1 + intDiv(h1, 90000) % 255], toString(h2 % 200000),
            words[1 + h2 % 255], words[1 + intDiv(h2, 300) % 255], words[1 + intDiv(h2, 90000) % 255], toString(h3 % 90), words[1 + h3 % 255],
            toString(h1 % 2000), toString(h2 % 90 + 10), request, words[1 + intDiv(h3, 300) % 255], words[1 + intDiv(h3, 90000) % 255],
            words[1 + intDiv(h3, 27000000) % 255], words[1 + intDiv(h1, 27000000) % 255], toString(h3 % 64)),
        format('level={} component={} msg="{} {} {} {} {} {} {} {}" duration_ms={} shard={} node=node-{} queue_depth={} bytes={} batch={}',
            lower(severity), words[1 + h1 % 255], words[1 + intDiv(h1, 300) % 255], words[1 + intDiv(h1, 90000) % 255], words[1 + h2 % 255],
            words[1 + intDiv(h2, 300) % 255], words[1 + intDiv(h2, 90000) % 255], words[1 + h3 % 255], words[1 + intDiv(h3, 300) % 255],
            words[1 + intDiv(h3, 90000) % 255], toString(h3 % 2000), toString(h1 % 16), toString(h2 % 120), toString(h3 % 5000), toString(h2 % 1000000), toString(h1 % 9999))),
    map('service.name', service, 'host.name', concat('node-', toString(h2 % 120)), 'k8s.namespace.name', 'shop',
        'k8s.pod.name', concat(service, '-', toString(h2 % 6)), 'deployment.environment.name', 'production'),
    concat('com.shop.', service),
    map('thread.name', concat('worker-', toString(h3 % 64)), 'http.route', concat('/api/v2/', words[1 + h1 % 255]),
        'customer.id', toString(h3 % 200000), 'code.lineno', toString(h1 % 900))
FROM numbers({first:UInt64}, {count:UInt64})
