-- Reads where a campaign stands, for folding. When it is not published yet, the caller becomes its publisher, unless another one
-- may still be at it.
-- KEYS[1] fence  [2] campaign
-- ARGV[1] fence token  [2] how long a publish can last after its publisher was written down, ms
-- returns {'free', state or false} | {'pending', state, cause, when the caller was written down, ms} | {'wait', ms}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local stored = redis.call('HMGET', KEYS[2], 'state', 'cause', 'publishing')
if not stored[3] then
  return {'free', stored[1]}
end
local token, since = string.match(stored[3], '^(%S*) (%d+)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local over = since + ARGV[2]
if token ~= ARGV[1] and now < over then
  return {'wait', string.format('%.0f', over - now)}
end
now = string.format('%.0f', now)
redis.call('HSET', KEYS[2], 'publishing', ARGV[1] .. ' ' .. now)
return {'pending', stored[1], stored[2], now}
