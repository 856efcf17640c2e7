-- One lookup a request: NIKs from the file named by NIKS, the token in TOKEN (or another AUTHORIZATION), the purpose in PURPOSE.
local niks, head, body, n = {}, nil, nil, 0
function init(args)
  for line in io.lines(os.getenv("NIKS")) do niks[#niks + 1] = line end
  math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) % 2147483647)
  head = { ["Authorization"] = os.getenv("AUTHORIZATION") or "Bearer " .. os.getenv("TOKEN"), ["Content-Type"] = "application/json" }
  body = '","purpose":"' .. os.getenv("PURPOSE") .. '","reference":"B-'
end
function request()
  n = n + 1
  return wrk.format("POST", "/api/v1/lookups", head, '{"nik":"' .. niks[math.random(#niks)] .. body .. n .. '"}')
end
