replaceRegexpAll(replaceRegexpOne(key, '^([0-9])', 'key_\\1'), '[^a-zA-Z0-9_]', '_')
