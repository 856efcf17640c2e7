-- One lookup a request over the legacy wire, the password in each: NIKS as in lookup.lua, USER_ID, PASSWORD, LEGACY_PATH.
local niks, head, tail = {}, { ["Content-Type"] = "application/json" }, nil
function init(args)
  for line in io.lines(os.getenv("NIKS")) do niks[#niks + 1] = line end
  math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) % 2147483647)
  tail = '","user_id":"' .. os.getenv("USER_ID") .. '","password":"' .. os.getenv("PASSWORD") .. '","ip_user":"10.1.1.1"}'
end
function request()
  return wrk.format("POST", os.getenv("LEGACY_PATH"), head, '{"nik":"' .. niks[math.random(#niks)] .. tail)
end
