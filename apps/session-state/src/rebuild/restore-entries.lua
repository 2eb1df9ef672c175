-- Puts timeline entries back into the list of their session while the partition is being rebuilt. Entries that the list has
-- already, also those that the timeline has twice, are left out.
-- KEYS[1] fence  [2] session  [3] entries of the session
-- ARGV[1] run id  [2] generation  [3] most bytes of a session's entries; then per entry: sequence; JSON
-- returns how many were added
local fence = redis.call('GET', KEYS[1]) or ''
local run, generation = string.match(fence, '^([^|]*)|%d+%.(%d+)|rebuilding$')
if run ~= ARGV[1] or generation ~= ARGV[2] then
  return redis.error_reply('FENCE lost')
end
local newest = redis.call('LINDEX', KEYS[3], -1)
local listed = 0
-- Of several entries in one element the last number is the highest; texts within them cannot look like this.
for sequence in string.gmatch(newest or '', '{"sequence":(%d+)') do
  listed = tonumber(sequence)
end
local bytes = tonumber(redis.call('HGET', KEYS[2], 'bytes') or 0)
local added = 0
for i = 4, #ARGV, 2 do
  if tonumber(ARGV[i]) > listed then
    listed = tonumber(ARGV[i])
    redis.call('RPUSH', KEYS[3], ARGV[i + 1])
    bytes = bytes + #ARGV[i + 1]
    added = added + 1
  end
end
while bytes > tonumber(ARGV[3]) do
  bytes = bytes - #(redis.call('LPOP', KEYS[3]) or ARGV[5])
end
redis.call('HSET', KEYS[2], 'bytes', bytes)
return added
