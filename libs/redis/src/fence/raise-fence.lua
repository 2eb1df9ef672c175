-- Raises the fence of a partition to a generation; a lower one never raises.
-- The stored value is `<run id>|<epoch>.<generation>`, followed by `|rebuilding` until what it guards is there again.
-- KEYS[1] fence
-- ARGV[1] run id of this Redis  [2] generation  [3] stored value that refused this generation before, '' = none
-- returns {'raised', token} | {'cold', token}: rebuild, then establish it | {'refused', stored value}
local stored = redis.call('GET', KEYS[1])
local run, epoch, generation, rest
if stored then
  run, epoch, generation, rest = string.match(stored, '^([^|]*)|(%d+)%.(%d+)(.*)$')
end
local cold = true
if run == ARGV[1] then
  cold = rest ~= ''
  if tonumber(generation) > tonumber(ARGV[2]) then
    if stored ~= ARGV[3] then
      return {'refused', stored}
    end
    epoch = string.format('%d', epoch + 1)
  end
else
  epoch = '0'
end
local token = ARGV[1] .. '|' .. epoch .. '.' .. ARGV[2]
redis.call('SET', KEYS[1], cold and (token .. '|rebuilding') or token)
return {cold and 'cold' or 'raised', token}
