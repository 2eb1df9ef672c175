-- Puts back where a contact stands after Redis was lost, while its partition is being rebuilt by this generation on this Redis.
-- What is there is replaced: it may be older than the topics.
-- KEYS[1] fence  [2] consent
-- ARGV[1] run id  [2] generation  [3] sequence  [4] purposes  [5] state
-- returns 1
local fence = redis.call('GET', KEYS[1]) or ''
local run, generation = string.match(fence, '^([^|]*)|%d+%.(%d+)|rebuilding$')
if run ~= ARGV[1] or generation ~= ARGV[2] then
  return redis.error_reply('FENCE lost')
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'sequence', ARGV[3], 'purposes', ARGV[4], 'state', ARGV[5])
return 1
