-- KEYS[1..] ids
-- ARGV[1] time to live, ms
-- returns per id: 1 new | 0 known
local answers = {}
for i = 1, #KEYS do
  answers[i] = redis.call('SET', KEYS[i], 'open', 'NX', 'PX', ARGV[1]) and 1 or 0
end
return answers
