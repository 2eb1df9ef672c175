-- Puts back where a campaign stands after Redis was lost, while its partition is being rebuilt by this generation on this Redis.
-- What is there is replaced: it may be older than the topic.
-- KEYS[1] fence  [2] campaign
-- ARGV[1] run id  [2] generation  [3] version  [4] state  [5] ms until it is forgotten, 0 = never
-- returns 1
local fence = redis.call('GET', KEYS[1]) or ''
local run, generation = string.match(fence, '^([^|]*)|%d+%.(%d+)|rebuilding$')
if run ~= ARGV[1] or generation ~= ARGV[2] then
  return redis.error_reply('FENCE lost')
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'version', ARGV[3], 'state', ARGV[4])
if ARGV[5] ~= '0' then
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
return 1
