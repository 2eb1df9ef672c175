-- Which of these contacts are recipients already; says that the upload is alive.
-- KEYS[1] uploads, KEYS[2] recipients
-- ARGV[1] upload id; then contacts
-- returns 1 or 0 per contact; nothing when the upload is over: nothing more may be written of it
local counts = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^%d+ (.*)$')
if not counts then
  return false
end
redis.call('HSET', KEYS[1], ARGV[1], redis.call('TIME')[1] .. ' ' .. counts)
if #ARGV == 1 then
  return {}
end
return redis.call('SMISMEMBER', KEYS[2], unpack(ARGV, 2))
