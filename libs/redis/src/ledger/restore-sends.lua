-- Puts published outcomes back after Redis was lost. What this Redis run wrote itself is left alone.
-- KEYS[1..] entries
-- ARGV[1] run id of this Redis  [2] time to live, ms; then per entry: state, attempt id, repeated, result
-- returns how many were put back
local restored = 0
for i = 1, #KEYS do
  if redis.call('HGET', KEYS[i], 'run') ~= ARGV[1] then
    local at = 4 * i - 1
    redis.call('HSET', KEYS[i], 'state', ARGV[at], 'attempt', ARGV[at + 1], 'unknown', 0, 'repeated', ARGV[at + 2],
      'until', 0, 'run', ARGV[1], 'result', ARGV[at + 3])
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
    restored = restored + 1
  end
end
return restored
