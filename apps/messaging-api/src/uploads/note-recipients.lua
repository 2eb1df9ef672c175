-- Remembers contacts that have become recipients, and how far the upload is.
-- KEYS[1] uploads, KEYS[2] recipients
-- ARGV[1] upload id, ARGV[2] its counts, ARGV[3] time to live, ms; then contacts
-- returns 1
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  local at = string.match(redis.call('HGET', KEYS[1], ARGV[1]), '^%S+')
  redis.call('HSET', KEYS[1], ARGV[1], at .. ' ' .. ARGV[2])
end
if #ARGV > 3 then
  redis.call('SADD', KEYS[2], unpack(ARGV, 4))
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return 1
