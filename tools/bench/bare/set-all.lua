-- KEYS[1..] states
-- ARGV[1] time to live, ms; then per state its value
-- returns the number of states
for i = 1, #KEYS do
  redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1])
end
return #KEYS
