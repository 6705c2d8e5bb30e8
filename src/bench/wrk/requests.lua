-- Sends the requests of REQUESTS in turn, starting anywhere. There is no response function, so that wrk hands no answers to Lua, which
-- would cost it more than the rest; it counts answers of status 400 and above by itself.

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
