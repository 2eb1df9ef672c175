-- Sets the moments to look at conversations again, except where a fold has set another one since.
-- KEYS[1] deadlines
-- ARGV per conversation: ID; the moment that was found, ms; the next one, ms, '' = none
-- returns how many were set
local set = 0
for i = 1, #ARGV, 3 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    if ARGV[i + 2] == '' then
      redis.call('ZREM', KEYS[1], ARGV[i])
    else
      redis.call('ZADD', KEYS[1], ARGV[i + 2], ARGV[i])
    end
    set = set + 1
  end
end
return set
