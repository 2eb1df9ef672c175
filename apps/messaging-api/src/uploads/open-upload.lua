-- Begins an upload, unless the campaign takes no recipients any more.
-- KEYS[1] uploads, KEYS[2] closed
-- ARGV[1] upload id, ARGV[2] time to live, ms
-- returns 1, or 0 when it is closed
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], redis.call('TIME')[1] .. ' 0 0 0 0 0')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
