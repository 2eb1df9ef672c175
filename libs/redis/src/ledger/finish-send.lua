-- Records how an attempt ended. Needs no fence: an answer in hand counts until the attempt is resolved otherwise.
-- KEYS[1] entry
-- ARGV[1] attempt id  [2] state: confirmed, rejected, retryable  [3] result  [4] time to live, ms
-- returns 1 accepted, or accepted before | 0 refused: another attempt has begun, or the outcome is settled
local state, attempt = unpack(redis.call('HMGET', KEYS[1], 'state', 'attempt'))
if attempt ~= ARGV[1] or (state ~= 'inflight' and state ~= ARGV[2]) then
  return 0
end
if state == 'inflight' then
  redis.call('HSET', KEYS[1], 'state', ARGV[2], 'result', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
