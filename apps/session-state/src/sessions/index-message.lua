-- Remembers which conversation a message belongs to.
-- KEYS[1] message
-- ARGV[1] conversation ID  [2] time to live, ms
-- returns 1
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
