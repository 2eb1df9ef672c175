-- Reads the snapshot out of a folded state.
-- KEYS[1] session
-- returns the snapshot as JSON, or false
return redis.call('HGET', KEYS[1], 'state')
