-- Puts a state back after Redis was lost, while its partition is being rebuilt by this generation on this Redis. What is
-- there is replaced: it may be older than the topics.
-- KEYS[1] fence  [2] session  [3] window
-- ARGV[1] run id  [2] generation  [3] hash of the fact folded last  [4] state  [5] sequence  [6] entries
--   [7] cause, '' = all of it is published  [8] customer's last message, ms, '' = none  [9] window kept, ms
-- returns 1
local fence = redis.call('GET', KEYS[1]) or ''
local run, generation = string.match(fence, '^([^|]*)|%d+%.(%d+)|rebuilding$')
if run ~= ARGV[1] or generation ~= ARGV[2] then
  return redis.error_reply('FENCE lost')
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[2], 'last', ARGV[3], 'state', ARGV[4], 'sequence', ARGV[5])
if ARGV[7] ~= '' then
  -- Every publish begun before is out of time, so the first who takes it may publish at once.
  redis.call('HSET', KEYS[2], 'entries', ARGV[6], 'cause', ARGV[7], 'publishing', 'rebuild 0')
end
if ARGV[8] ~= '' then
  redis.call('SET', KEYS[3], ARGV[8], 'PX', ARGV[9])
end
return 1
