-- Nobody can begin to dispatch before the transaction that asks this is over.
SELECT true AS held FROM dispatch_epoch WHERE epoch = $1 FOR SHARE
