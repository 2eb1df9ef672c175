-- Reads how messages ended, without changing anything.
-- KEYS[1..] entries
-- returns per entry: {state, attempt, repeated, result}, each false where there is none
local entries = {}
for i = 1, #KEYS do
  entries[i] = redis.call('HMGET', KEYS[i], 'state', 'attempt', 'repeated', 'result')
end
return entries
