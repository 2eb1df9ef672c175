-- Puts one entry into a conversation's timeline index. The same entry again changes nothing.
-- KEYS[1] fence of the partition
-- KEYS[2] timeline of the conversation (sorted set: score = sequence, member = entry as JSON)
-- ARGV[1] token of the fence, or 'rebuild': facts are immutable, so a rebuild may write under any fence
-- ARGV[2] sequence  ARGV[3] entry  ARGV[4] entries kept  ARGV[5] milliseconds kept after the last entry
-- returns the number of entries kept now, or the error 'FENCE lost'
if ARGV[1] ~= 'rebuild' and redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCE lost') end
redis.call('ZREMRANGEBYSCORE', KEYS[2], ARGV[2], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -(tonumber(ARGV[4]) + 1))
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return redis.call('ZCARD', KEYS[2])
