-- Lets the entries of a session that is archived go.
-- KEYS[1] entries of the session
-- ARGV[1] how long they are still kept, ms
-- returns 1 when there were some
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
