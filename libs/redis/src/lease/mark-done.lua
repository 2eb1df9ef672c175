-- Notes the moment of a complete round, if the lease is still ours.
-- KEYS[1] lease  [2] moment of the last complete round
-- ARGV[1] our token  [2] time to live, ms
-- returns 1 when it was noted, else 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local time = redis.call('TIME')
redis.call('SET', KEYS[2], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), 'PX', ARGV[2])
return 1
