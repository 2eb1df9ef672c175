-- Finds the conversations of a partition that are to be looked at by now.
-- KEYS[1] fence  [2] deadlines
-- ARGV[1] fence token  [2] now, ms  [3] most of them
-- returns conversation ID and moment in turn, the earliest first
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
return redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
