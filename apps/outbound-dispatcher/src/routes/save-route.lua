-- Keeps where messages of a conversation go at the provider.
-- KEYS[1] fence  [2] route
-- ARGV[1] fence token  [2] route as JSON  [3] time to live, ms
-- returns 1
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1
