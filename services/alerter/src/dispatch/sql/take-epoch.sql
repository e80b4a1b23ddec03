UPDATE dispatch_epoch SET epoch = epoch + 1 RETURNING epoch, alive_at
