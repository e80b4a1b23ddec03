UPDATE dispatch_epoch SET alive_at = $2 WHERE epoch = $1
