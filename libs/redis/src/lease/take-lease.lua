-- Takes a lease that is free, renews one that is ours.
-- KEYS[1] lease  [2] moment of the last complete round, ms of this Redis' clock
-- ARGV[1] our token  [2] time to live, ms
-- returns {1 when the lease is ours now, else 0; ms since the last complete round, -1 when there was none}
local ours = 0
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  ours = 1
elseif redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  ours = 1
end
local done = redis.call('GET', KEYS[2])
if not done then
  return {ours, -1}
end
local time = redis.call('TIME')
return {ours, math.max(0, time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(done))}
