-- Reads the numbers states have reached.
-- KEYS[1..] sessions
-- returns per session: sequence, or 0 when there is no state
local sequences = {}
for i = 1, #KEYS do
  sequences[i] = tonumber(redis.call('HGET', KEYS[i], 'sequence') or 0)
end
return sequences
