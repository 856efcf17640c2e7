-- One comparison a request: as lookup.lua, with two claims.
local niks, head, body, n = {}, nil, nil, 0
function init(args)
  for line in io.lines(os.getenv("NIKS")) do niks[#niks + 1] = line end
  math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) % 2147483647)
  head = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Content-Type"] = "application/json" }
  body = '","purpose":"' .. os.getenv("PURPOSE") .. '","claims":{"nama_lengkap":"SUTARJO","tanggal_lahir":"1970-01-02"},"reference":"M-'
end
function request()
  n = n + 1
  return wrk.format("POST", "/api/v1/matches", head, '{"nik":"' .. niks[math.random(#niks)] .. body .. n .. '"}')
end
