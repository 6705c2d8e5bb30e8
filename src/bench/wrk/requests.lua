-- Sends the requests of REQUESTS in rotation, beginning at a random one. There is no response function: passing
-- responses to Lua would be the most expensive part of wrk, which counts responses with status 400 and above itself.

function init()
   if #REQUESTS == 1 then
      wrk.method, wrk.path, wrk.body = "POST", REQUESTS[1].path, REQUESTS[1].body
      for name, value in pairs(HEADERS) do
         wrk.headers[name] = value
      end
      return
   end
   local formatted = {}
   for i, each in ipairs(REQUESTS) do
      formatted[i] = wrk.format("POST", each.path, HEADERS, each.body)
   end
   math.randomseed(os.time())
   local at = math.random(#formatted) - 1
   function request()
      at = at % #formatted + 1
      return formatted[at]
   end
end
