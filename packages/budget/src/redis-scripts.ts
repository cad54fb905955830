/**
 * A purse has two keys: a hash of what is `spent`, what is `reserved` and what each id holds (`r:<id>`), and a sorted set of the ids by the moment at which
 * their lease ends. Those that have lapsed or were charged stand far behind the live ones, by the moment from which they are remembered. Times are Redis'
 * own.
 */
const COMMON = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local GONE, REMEMBERED = 1e15, 604800000
local function minus(amount) return amount == '0' and '0' or '-' .. amount end
local function clear(hash, ids)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', ids, '-inf', now)) do
    redis.call('HINCRBY', hash, 'reserved', minus(redis.call('HGET', hash, 'r:' .. id) or '0'))
    redis.call('ZADD', ids, GONE + now, id)
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', ids, GONE, GONE + now - REMEMBERED)) do
    redis.call('HDEL', hash, 'r:' .. id)
    redis.call('ZREM', ids, id)
  end
end
local function state(hash)
  local found = redis.call('HMGET', hash, 'spent', 'reserved')
  return tonumber(found[1] or 0), tonumber(found[2] or 0)
end
local function expire(hash, ids, at)
  if at == '' then return end
  redis.call('PEXPIREAT', hash, at)
  redis.call('PEXPIREAT', ids, at)
end
local function states()
  local all = {}
  for at = 1, #KEYS, 2 do all[at], all[at + 1] = state(KEYS[at]) end
  return all
end
`;

/** ARGV: id, lease, then for each purse its amount, limit and end. Gives the place of the purse that refused, and its state. */
export const RESERVE: string = `${COMMON}
local id, lease = ARGV[1], tonumber(ARGV[2])
if redis.call('HEXISTS', KEYS[1], 'r:' .. id) == 1 then return false end
for at = 1, #KEYS, 2 do
  clear(KEYS[at], KEYS[at + 1])
  local spent, reserved = state(KEYS[at])
  local arg = 3 + (at - 1) / 2 * 3
  if spent + reserved + tonumber(ARGV[arg]) > tonumber(ARGV[arg + 1]) then return {(at - 1) / 2, spent, reserved} end
end
for at = 1, #KEYS, 2 do
  local hash, ids, arg = KEYS[at], KEYS[at + 1], 3 + (at - 1) / 2 * 3
  redis.call('HINCRBY', hash, 'reserved', ARGV[arg])
  redis.call('HSET', hash, 'r:' .. id, ARGV[arg])
  redis.call('ZADD', ids, now + lease, id)
  expire(hash, ids, ARGV[arg + 2])
end
return false`;

/** ARGV: id, then for each purse what was used. Gives the states. */
export const SETTLE: string = `${COMMON}
local id = ARGV[1]
for at = 1, #KEYS, 2 do
  local hash, ids = KEYS[at], KEYS[at + 1]
  clear(hash, ids)
  local held = redis.call('HGET', hash, 'r:' .. id)
  if held then
    if tonumber(redis.call('ZSCORE', ids, id)) < GONE then redis.call('HINCRBY', hash, 'reserved', minus(held)) end
    redis.call('HINCRBY', hash, 'spent', ARGV[1 + (at + 1) / 2])
    redis.call('HDEL', hash, 'r:' .. id)
    redis.call('ZREM', ids, id)
  end
end
return states()`;

/** ARGV: id, then for each purse what was used and its end. */
export const CHARGE: string = `${COMMON}
for at = 1, #KEYS, 2 do
  local hash, ids = KEYS[at], KEYS[at + 1]
  if redis.call('ZADD', ids, 'NX', GONE + now, 'c:' .. ARGV[1]) == 1 then
    redis.call('HINCRBY', hash, 'spent', ARGV[1 + at])
    expire(hash, ids, ARGV[2 + at])
  end
end`;

/** ARGV: lease, then the id for each purse. */
export const RENEW: string = `${COMMON}
for at = 1, #KEYS, 2 do
  local hash, ids, id = KEYS[at], KEYS[at + 1], ARGV[1 + (at + 1) / 2]
  local held = redis.call('HGET', hash, 'r:' .. id)
  if held then
    if tonumber(redis.call('ZSCORE', ids, id)) >= GONE then redis.call('HINCRBY', hash, 'reserved', held) end
    redis.call('ZADD', ids, now + tonumber(ARGV[1]), id)
  end
end`;

export const READ: string = `${COMMON}
for at = 1, #KEYS, 2 do clear(KEYS[at], KEYS[at + 1]) end
return states()`;
