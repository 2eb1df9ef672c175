-- Forgets the messages of a campaign in a partition, and on a rebuild its counts with them.
-- KEYS[1] fence  [2] progress  [3] messages  [4] held
-- ARGV[1] fence token  [2] 1 = the counts stay, and nothing is counted any more; '' = they go
-- returns 1
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
redis.call('UNLINK', KEYS[3], KEYS[4])
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[2], 'dropped', '1')
else
  redis.call('DEL', KEYS[2])
end
return 1
