-- Puts a state back after Redis was lost, while its partition is being rebuilt by this generation on this Redis. What is
-- there is replaced: it may be older than the topics.
-- KEYS[1] fence  [2] deadlines  [3] session  [4] window  [5] entries of its session
-- ARGV[1] run id  [2] generation  [3] conversation ID  [4] hash of the fact folded last  [5] state  [6] sequence  [7] entries
--   [8] cause, '' = all of it is published  [9] customer's last message, ms, '' = none  [10] window kept, ms  [11] deadline, ms,
--   '' = none  [12] 1: the entries kept of the session are to be listed anew  [13] session whose entries are wanted, 0 = none
-- returns 1
local fence = redis.call('GET', KEYS[1]) or ''
local run, generation = string.match(fence, '^([^|]*)|%d+%.(%d+)|rebuilding$')
if run ~= ARGV[1] or generation ~= ARGV[2] then
  return redis.error_reply('FENCE lost')
end
local bytes = redis.call('HGET', KEYS[3], 'bytes') or 0
if ARGV[12] == '1' then
  redis.call('DEL', KEYS[5])
  bytes = 0
end
redis.call('DEL', KEYS[3], KEYS[4])
redis.call('HSET', KEYS[3], 'last', ARGV[4], 'state', ARGV[5], 'sequence', ARGV[6], 'bytes', bytes, 'listed', ARGV[13])
if ARGV[8] ~= '' then
  -- Every publish begun before is out of time, so the first who takes it may publish at once.
  redis.call('HSET', KEYS[3], 'entries', ARGV[7], 'cause', ARGV[8], 'publishing', 'rebuild 0')
end
if ARGV[9] ~= '' then
  redis.call('SET', KEYS[4], ARGV[9], 'PX', ARGV[10])
end
if ARGV[11] ~= '' then
  redis.call('ZADD', KEYS[2], ARGV[11], ARGV[3])
else
  redis.call('ZREM', KEYS[2], ARGV[3])
end
return 1
