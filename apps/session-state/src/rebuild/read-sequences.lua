-- Reads the numbers states have reached, and of which session the entries are wanted.
-- KEYS[1..] sessions
-- returns per session: sequence, or 0 when there is no state; session, or 0 when none is wanted
local read = {}
for i = 1, #KEYS do
  local stored = redis.call('HMGET', KEYS[i], 'sequence', 'listed')
  read[2 * i - 1], read[2 * i] = tonumber(stored[1] or 0), tonumber(stored[2] or 0)
end
return read
