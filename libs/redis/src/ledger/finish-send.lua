-- Records how attempts ended. Needs no fence: an answer in hand counts until the attempt is resolved otherwise.
-- KEYS[1..] entries
-- ARGV[1] time to live, ms; then per entry: attempt id, state (confirmed, rejected, retryable), result
-- returns per entry: 1 accepted, or accepted before | 0 refused: another attempt has begun, or the outcome is settled
local accepted = {}
for i = 1, #KEYS do
  local id, as, result = ARGV[3 * i - 1], ARGV[3 * i], ARGV[3 * i + 1]
  local state, attempt = unpack(redis.call('HMGET', KEYS[i], 'state', 'attempt'))
  if attempt ~= id or (state ~= 'inflight' and state ~= as) then
    accepted[i] = 0
  else
    if state == 'inflight' then
      redis.call('HSET', KEYS[i], 'state', as, 'result', result)
      redis.call('PEXPIRE', KEYS[i], ARGV[1])
    end
    accepted[i] = 1
  end
end
return accepted
