-- Writes down when reserved messages went out, or that they did not. Repeating changes nothing.
-- KEYS[1..] contacts
-- ARGV[1] how long messages are kept, ms; then per contact: message id; the moment, ms, '' = it did not
-- returns 1
for i = 1, #KEYS do
  local id, at = ARGV[2 * i], ARGV[2 * i + 1]
  if at == '' then
    redis.call('ZREM', KEYS[i], id)
  else
    redis.call('ZADD', KEYS[i], 'XX', at, id)
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
end
return 1
