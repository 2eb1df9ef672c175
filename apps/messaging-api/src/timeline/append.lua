-- Puts one entry into a conversation's timeline index. The same entry again changes nothing; one that was erased stays away.
-- KEYS[1] fence of the partition
-- KEYS[2] timeline of the conversation (sorted set: score = sequence, member = entry as JSON)
-- KEYS[3] number of the conversation's last entry that tells of an erasure
-- ARGV[1] token of the fence, or 'rebuild': facts are immutable, so a rebuild may write under any fence
-- ARGV[2] sequence  ARGV[3] entry  ARGV[4] entries kept  ARGV[5] milliseconds kept after the last entry
-- ARGV[6] 1: the entry tells of an erasure, so those before it go
-- returns the number of entries kept now, or the error 'FENCE lost'
if ARGV[1] ~= 'rebuild' and redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCE lost') end
local erased = tonumber(redis.call('GET', KEYS[3]) or 0)
if ARGV[6] == '1' and tonumber(ARGV[2]) >= erased then
  redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[5])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2])
elseif tonumber(ARGV[2]) < erased then
  return redis.call('ZCARD', KEYS[2])
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], ARGV[2], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -(tonumber(ARGV[4]) + 1))
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return redis.call('ZCARD', KEYS[2])
