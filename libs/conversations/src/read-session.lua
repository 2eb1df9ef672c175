-- Reads the snapshots out of folded states.
-- KEYS[1..] sessions
-- returns per session: the snapshot as JSON, or false
local snapshots = {}
for i = 1, #KEYS do
  snapshots[i] = redis.call('HGET', KEYS[i], 'state')
end
return snapshots
