-- Reads where contacts stand, unless what is known of their partition is being brought back.
-- KEYS[1] fence of the group that folds consent; then per contact: consent, early stop
-- ARGV[1] run id of this Redis
-- returns false: not all that is known is here; else per contact: {purposes or false, early stop or false}
local fence = redis.call('GET', KEYS[1]) or ''
if string.match(fence, '^[^|]*') ~= ARGV[1] or string.match(fence, '|rebuilding$') then
  return false
end
local found = {}
for i = 2, #KEYS, 2 do
  found[i / 2] = {redis.call('HGET', KEYS[i], 'purposes'), redis.call('GET', KEYS[i + 1])}
end
return found
