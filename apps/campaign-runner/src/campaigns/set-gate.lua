-- Says whether messages of a campaign may be sent, unless a later state has said so already: whoever comes late opens nothing.
-- KEYS[1] gate  [2] version of the state that set it
-- ARGV[1] word  [2] version  [3] ms until it is forgotten, 0 = never
-- returns 1 | 0: a later state has set it
local before = redis.call('GET', KEYS[2])
if before and tonumber(before) > tonumber(ARGV[2]) then
  return 0
end
if ARGV[3] == '0' then
  redis.call('SET', KEYS[1], ARGV[1])
  redis.call('SET', KEYS[2], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
end
return 1
