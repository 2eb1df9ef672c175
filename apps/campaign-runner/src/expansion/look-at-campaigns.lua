-- How far campaigns are in a partition.
-- KEYS[1] fence; then per campaign: progress, held
-- ARGV[1] fence token  [2] most held ones of each; then per campaign: held ones until this moment, ms, '+inf' = all
-- returns per campaign: {offset to be read next or '', closed, given and not ended, held at all, members that may be given again…}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local looks = {}
for i = 1, (#KEYS - 1) / 2 do
  local progress, held = KEYS[2 * i], KEYS[2 * i + 1]
  local known = redis.call('HMGET', progress, 'next', 'closed', 'is:given', 'is:queued')
  local look = {known[1] or '', known[2] and 1 or 0, (known[3] or 0) + (known[4] or 0), redis.call('ZCARD', held)}
  if look[4] > 0 then
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', held, '-inf', ARGV[2 + i], 'LIMIT', 0, ARGV[2])) do
      look[#look + 1] = member
    end
  end
  looks[i] = look
end
return looks
