-- Takes away what is kept of an erased conversation beside its state.
-- KEYS[1] fence  [2..] window, entries of its sessions
-- ARGV[1] fence token
-- returns how many there were
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local erased = 0
for i = 2, #KEYS do
  erased = erased + redis.call('DEL', KEYS[i])
end
return erased
