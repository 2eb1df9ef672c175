-- Keeps the entries before an erasure out of a conversation's timeline index, also those that are there.
-- KEYS[1] timeline of the conversation  [2] number of the conversation's last entry that tells of an erasure
-- ARGV[1] that number  [2] milliseconds it is kept
-- returns how many entries were there
if tonumber(redis.call('GET', KEYS[2]) or 0) <= tonumber(ARGV[1]) then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
end
return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1])
