-- Raises a freshness mark: `<run id> <ms of this Redis' clock>`. It never goes back, but for a mark of another
-- Redis run, or one ahead of the clock (it was stepped back): those say nothing.
-- KEYS[1] fence of the partition, or lease of the account  [2] mark
-- ARGV[1] its token  [2] run id  [3] moment, ms  [4] time to live, ms
-- returns 1 raised | 0 it is as late already
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local run, at = string.match(redis.call('GET', KEYS[2]) or '', '^(%S+) (%d+)$')
if run == ARGV[2] and tonumber(at) <= now and tonumber(at) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('SET', KEYS[2], ARGV[2] .. ' ' .. ARGV[3], 'PX', ARGV[4])
return 1
