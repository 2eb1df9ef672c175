-- Reads the timeline entries of a session.
-- KEYS[1] entries of the session
-- returns the list's elements: JSON arrays of entries
return redis.call('LRANGE', KEYS[1], 0, -1)
